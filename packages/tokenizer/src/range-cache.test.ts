import { expect, test } from 'vitest';
import { IdBuffer } from './id-buffer.ts';
import { RangeCache } from './range-cache.ts';

test('words are found by their places in any text, until there are too many', () => {
  const cache = new RangeCache();
  const output = new IdBuffer(16);
  const idsOf = (number: number): number[] =>
    Array.from({ length: number % 4 }, (_, index) => number + index);
  const known = (text: string, start: number, end: number): number[] | undefined => {
    output.clear();
    return cache.append(text, start, end, output) ? [...output.toArray()] : undefined;
  };
  for (let number = 0; number < 32_768; number++) {
    const text = `<${number}中>`;
    expect(known(text, 1, text.length - 1)).toBeUndefined();
    cache.add(text, 1, text.length - 1, Int32Array.from(idsOf(number)));
  }
  for (let number = 0; number < 32_768; number += 7) {
    expect(known(`_${number}中`, 1, `${number}`.length + 2)).toEqual(idsOf(number));
  }
  expect(known('_7中', 1, 2)).toBeUndefined();
  cache.add('_7中', 1, 2, Int32Array.of(5));
  expect(known('7', 0, 1)).toEqual([5]);
  expect(known('7中', 0, 2)).toBeUndefined();
});
