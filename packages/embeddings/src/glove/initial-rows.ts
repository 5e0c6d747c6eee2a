import { createRandomSource } from '../random-source.ts';
import type { Tables } from './glove-memory.ts';

/**
 * Draws vectors and biases of ±1/(2 (size + 1)), as GloVe's program does. What a word gets depends on its row and the seed alone.
 *
 * @param from the first word that gets any
 */
export function drawRows({ table, biases }: Tables, from: number, size: number, seed: number): void {
  const words = biases.length / 2;
  for (let word = from; word < words; word++) {
    for (const [row, key] of [
      [word, 2 * word],
      [words + word, 2 * word + 1],
    ] as const) {
      const draw = createRandomSource(Math.imul(key + 1, 0x85ebca6b) ^ Math.floor(seed / 2 ** 32) ^ seed);
      for (let at = row * size; at < (row + 1) * size; at++) table[at] = (draw() - 0.5) / (size + 1);
      biases[row] = (draw() - 0.5) / (size + 1);
    }
  }
}
