import { expect, test } from 'vitest';
import { heldOutExcerpt, splitText } from './split-text.ts';

test('a text is cut at nine tenths, never inside a character', () => {
  expect(splitText('0123456789')).toEqual({ training: '012345678', heldOut: '9' });
  expect(splitText('12345678😀')).toEqual({ training: '12345678😀', heldOut: '' });
});

test('the excerpt of a long text is spread from its start to its end, a short text is its own', () => {
  const excerpt = heldOutExcerpt(Int32Array.from({ length: 100_000 }, (_, index) => index));
  expect(excerpt.length).toBe(4097);
  expect([excerpt[0], excerpt.at(-1)]).toEqual([0, 99_999]);
  const short = Int32Array.of(1, 2, 3);
  expect(heldOutExcerpt(short)).toBe(short);
});
