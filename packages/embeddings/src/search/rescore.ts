import type { WordVectors } from '../vectors/word-vectors.ts';
import type { Neighbors } from './vector-index.ts';

/** The best of some rows, by their cosines in full. @param unit the query, of length one */
export function rescore(
  vectors: WordVectors,
  unit: ArrayLike<number>,
  rows: Int32Array,
  count: number,
): Neighbors {
  const similarities = Float64Array.from(rows, (row) => cosineOfRow(vectors, unit, row));
  const order = Array.from(rows.keys())
    .sort((a, b) => similarities[b]! - similarities[a]! || rows[a]! - rows[b]!)
    .slice(0, count);
  return {
    rows: Int32Array.from(order, (at) => rows[at]!),
    similarities: Float32Array.from(order, (at) => similarities[at]!),
  };
}

/** The cosine of a row and a vector of length one, summed in float64. */
export function cosineOfRow({ table, size }: WordVectors, unit: ArrayLike<number>, row: number): number {
  const begin = row * size;
  let product = 0;
  let squares = 0;
  for (let at = 0; at < size; at++) {
    const value = table[begin + at]!;
    product += unit[at]! * value;
    squares += value * value;
  }
  return squares > 0 ? product / Math.sqrt(squares) : 0;
}
