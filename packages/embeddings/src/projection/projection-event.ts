import type { WordVectors } from '../vectors/word-vectors.ts';

/** What a projection says after each iteration. */
export interface ProjectionEvent {
  readonly type: 'iteration-end';
  /** From 1. */
  readonly iteration: number;
  readonly iterations: number;
  /** Where the points are now, `[words, dimensions]`. */
  readonly points: Float32Array<ArrayBuffer>;
}

/** The event of an iteration, from points as the libraries have them. */
export function iterationEnd(
  iteration: number,
  iterations: number,
  rows: readonly (readonly number[])[],
): ProjectionEvent {
  return { type: 'iteration-end', iteration, iterations, points: Float32Array.from(rows.flat()) };
}

/** Rows of length one, as arrays, which the libraries take. */
export function unitRows({ size, words }: WordVectors, unit: Float32Array): number[][] {
  return words.map((_, row) => Array.from(unit.subarray(row * size, (row + 1) * size)));
}

/** @throws {RangeError} if a number is no integer of at least `least` */
export function checkInteger(owner: string, name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${owner}: ${name} must be an integer of at least ${least}, got ${value}.`);
}
