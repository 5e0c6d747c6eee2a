import { expect, test } from 'vitest';
import { createByteAlphabet, tokenBytes } from './byte-alphabet.ts';

test('every byte has one printable stand-in, and space and newline are Ġ and Ċ', () => {
  const { characters, bytes } = createByteAlphabet();
  expect(new Set(characters).size).toBe(256);
  expect(characters.every((character) => /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character))).toBe(true);
  expect([characters[0x20], characters[0x0a], characters[0x41], characters[0xad]]).toEqual([
    'Ġ',
    'Ċ',
    'A',
    'Ń',
  ]);
  expect(characters.map((character) => bytes.get(character))).toEqual([...Array(256).keys()]);
});

test('bytes are ordered by their stand-ins, as in the vocabulary of GPT-2', () => {
  const { order } = createByteAlphabet();
  expect(order.slice(0, 2)).toEqual([33, 34]);
  expect(order.slice(188, 191)).toEqual([0, 1, 2]);
  expect(order.at(-1)).toBe(0xad);
});

test('a token stands for the bytes it is written in, or else for its own UTF-8', () => {
  const alphabet = createByteAlphabet();
  expect([...tokenBytes('Ġa', alphabet)]).toEqual([0x20, 0x61]);
  expect([...tokenBytes('Ńa', alphabet)]).toEqual([0xad, 0x61]);
  expect([...tokenBytes('｜', alphabet)]).toEqual([0xef, 0xbd, 0x9c]);
});
