import { expect, test } from 'vitest';
import { cosineSimilarity, WordVectors } from '../src/index.ts';

test('a word has a row, and the row is its vector', () => {
  const vectors = new WordVectors(['king', '皇帝'], Float32Array.of(1, 2, 3, 4), 2);
  expect(vectors.rowOf('皇帝')).toBe(1);
  expect(vectors.vectorOf('皇帝')).toEqual(Float32Array.of(3, 4));
  expect(vectors.has('queen')).toBe(false);
  expect(() => vectors.vectorOf('queen')).toThrow('no vector of "queen"');
});

test('tables of another size and words that occur twice are refused', () => {
  expect(() => new WordVectors(['a', 'b'], new Float32Array(3), 2)).toThrow('2 words × 2 numbers, got 3');
  expect(() => new WordVectors(['a', 'a'], new Float32Array(4), 2)).toThrow('"a" twice');
  expect(() => new WordVectors([], new Float32Array(0), 0)).toThrow('at least 1, got 0');
});

test('the cosine is of the angle, whatever the lengths', () => {
  expect(cosineSimilarity([3, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
  expect(cosineSimilarity([1, 2], [-2, -4])).toBeCloseTo(-1, 12);
  expect(cosineSimilarity([0, 0], [1, 1])).toBe(0);
  expect(() => cosineSimilarity([1], [1, 2])).toThrow('got 1 and 2');
});
