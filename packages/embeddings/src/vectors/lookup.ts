import { createRandomSource, normalFrom } from '../random-source.ts';
import type { WordVectors } from './word-vectors.ts';

/**
 * The vectors of rows, one after the other: what a neural network's embedding layer does with ids, and what multiplying one-hot vectors with the table
 * gives, at a cost that does not grow with the table.
 *
 * @param rows of the table
 * @returns `[rows, size]`
 * @throws {RangeError} if there is no such row
 */
export function lookUp(
  { table, size, words }: WordVectors,
  rows: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(rows.length * size);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    if (!(Number.isInteger(row) && row >= 0 && row < words.length)) {
      throw new RangeError(`lookUp: rows must be from 0 to ${words.length - 1}, got ${row} at ${at}.`);
    }
    result.set(table.subarray(row * size, (row + 1) * size), at * size);
  }
  return result;
}

/** Options of {@link embeddingMatrix}. */
export interface EmbeddingMatrixOptions {
  /** Of the vectors of words that have none. Default 0. */
  readonly seed?: number;
  /** Also tried for a word that has no vector, in turn, such as its lower case. Default none. */
  readonly fallbacks?: (word: string) => Iterable<string>;
  /** Words whose rows are zero, such as that of padding. Default none. */
  readonly zero?: Iterable<string>;
}

/** What a model's embedding layer begins with. */
export interface EmbeddingMatrix {
  /** `[vocabulary, size]` */
  readonly table: Float32Array<ArrayBuffer>;
  readonly size: number;
  /** For each word whether it has a vector; the others were drawn. */
  readonly found: readonly boolean[];
}

/**
 * The weights of an embedding layer for a model's vocabulary: the vectors of its words, and for those that have none draws from a normal
 * distribution with the mean and the deviation, number by number, of those that do (of all vectors, if none does).
 *
 * @param vocabulary by id
 */
export function embeddingMatrix(
  vectors: WordVectors,
  vocabulary: readonly string[],
  { seed = 0, fallbacks = () => [], zero = [] }: EmbeddingMatrixOptions = {},
): EmbeddingMatrix {
  const { size } = vectors;
  const table = new Float32Array(vocabulary.length * size);
  const found = vocabulary.map((word, id) => {
    for (const name of [word, ...(vectors.has(word) ? [] : fallbacks(word))]) {
      const row = vectors.rowOf(name);
      if (row === undefined) continue;
      table.set(vectors.table.subarray(row * size, (row + 1) * size), id * size);
      return true;
    }
    return false;
  });
  const some = found.includes(true);
  const { mean, deviation } = momentsOf(
    some ? table : vectors.table,
    size,
    some ? found : vectors.words.map(() => true),
  );
  const normal = normalFrom(createRandomSource(seed));
  const zeros = new Set(zero);
  for (const [id, word] of vocabulary.entries()) {
    if (zeros.has(word)) table.fill(0, id * size, (id + 1) * size);
    else if (!found[id]) {
      for (let at = 0; at < size; at++) table[id * size + at] = mean[at]! + deviation[at]! * normal();
    }
  }
  return { table, size, found };
}

function momentsOf(table: Float32Array, size: number, counted: readonly boolean[]) {
  const [sums, squares] = [new Float64Array(size), new Float64Array(size)];
  const rows = counted.flatMap((counts, row) => (counts ? row : []));
  for (const row of rows) for (let at = 0; at < size; at++) sums[at]! += table[row * size + at]!;
  const mean = sums.map((sum) => sum / Math.max(1, rows.length));
  for (const row of rows) {
    for (let at = 0; at < size; at++) squares[at]! += (table[row * size + at]! - mean[at]!) ** 2;
  }
  return { mean, deviation: squares.map((sum) => Math.sqrt(sum / Math.max(1, rows.length))) };
}
