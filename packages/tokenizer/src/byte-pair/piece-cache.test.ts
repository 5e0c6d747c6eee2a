import { expect, test } from 'vitest';
import { PieceCache } from './piece-cache.ts';

test('the cache keeps the pieces in use and forgets the others', () => {
  const cache = new PieceCache(2);
  const ids = Int32Array.of(1);
  cache.set('used', ids);
  for (let index = 0; index < 10; index++) {
    cache.set(`piece ${index}`, Int32Array.of(index));
    expect(cache.get('used')).toBe(ids);
  }
  expect(cache.get('piece 0')).toBeUndefined();
  expect(cache.get('piece 9')).toEqual(Int32Array.of(9));
});
