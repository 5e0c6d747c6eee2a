import { expect, test } from 'vitest';
import { countCharacters } from './vocabulary.ts';

test('characters are counted by code point, the most frequent first', () => {
  expect(countCharacters('春a春😀a春')).toEqual({
    characterCount: 6,
    characters: [
      ['春', 3],
      ['a', 2],
      ['😀', 1],
    ],
  });
});
