import { describeValue } from '../describe-value.ts';
import { transportCost } from './transport.ts';
import { inverseNorm } from './unit-vector.ts';
import type { WordVectors } from './word-vectors.ts';

/** Options of {@link wordMoversDistance}. */
export interface WordMoversDistanceOptions {
  /** Whether vectors are scaled to length one before. Default true, as gensim does since 4.0. */
  readonly normalize?: boolean;
  /** What words without a vector do: they are left out, or refused. Default left out. */
  readonly unknown?: 'skip' | 'refuse';
}

/**
 * The least distance by which the words of one document must travel to become those of another: exact, by optimal transport between the
 * relative frequencies of words, with Euclidean distances between vectors.
 *
 * Takes time with the third power of the number of different words.
 *
 * @returns Infinity if one of the documents has no word with a vector
 * @see Kusner et al. 2015, "From word embeddings to document distances", §3
 */
export function wordMoversDistance(
  vectors: WordVectors,
  left: Iterable<string>,
  right: Iterable<string>,
  { normalize = true, unknown = 'skip' }: WordMoversDistanceOptions = {},
): number {
  const [from, to] = [countRows(vectors, left, unknown), countRows(vectors, right, unknown)];
  if (from.total === 0 || to.total === 0) return Infinity;
  // Frequencies with one denominator, so that they are integers and the transport is exact.
  const supplies = from.counts.map((count) => count * to.total);
  const demands = to.counts.map((count) => count * from.total);
  const { table, size } = vectors;
  const scaleOf = (row: number): number => (normalize ? inverseNorm(table, row * size, (row + 1) * size) : 1);
  const [fromScales, toScales] = [from.rows.map(scaleOf), to.rows.map(scaleOf)];
  const costs = from.rows.map((row, i) =>
    Float64Array.from(to.rows, (other, j) => {
      if (row === other) return 0;
      let squares = 0;
      for (let at = 0; at < size; at++) {
        squares += (table[row * size + at]! * fromScales[i]! - table[other * size + at]! * toScales[j]!) ** 2;
      }
      return Math.sqrt(squares);
    }),
  );
  return transportCost(supplies, demands, costs) / (from.total * to.total);
}

function countRows(vectors: WordVectors, words: Iterable<string>, unknown: 'skip' | 'refuse') {
  const counts = new Map<number, number>();
  let total = 0;
  for (const word of words) {
    const row = vectors.rowOf(word);
    if (row === undefined) {
      if (unknown === 'skip') continue;
      throw new RangeError(`wordMoversDistance: no vector of ${describeValue(word)}.`);
    }
    counts.set(row, (counts.get(row) ?? 0) + 1);
    total++;
  }
  return { rows: [...counts.keys()], counts: [...counts.values()], total };
}
