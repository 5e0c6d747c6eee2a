import type { WordVectors } from './word-vectors.ts';

/** Options of {@link meanVector}. */
export interface MeanVectorOptions {
  /** How much each word counts. Default 1. */
  readonly weightOf?: (word: string) => number;
  /** What words without a vector do: they are left out, or refused. Default left out. */
  readonly unknown?: 'skip' | 'refuse';
  /** Whether words' vectors are scaled to length one before. Default false. */
  readonly normalize?: boolean;
}

/**
 * The mean of the words' vectors, which stands for a sentence or a document; zero if none of the words has one.
 *
 * @returns `[size]`
 * @throws {RangeError} if a word has no vector and such are refused
 */
export function meanVector(
  vectors: WordVectors,
  words: Iterable<string>,
  { weightOf, unknown = 'skip', normalize = false }: MeanVectorOptions = {},
): Float32Array<ArrayBuffer> {
  const sum = new Float64Array(vectors.size);
  let weights = 0;
  for (const word of words) {
    if (unknown === 'skip' && !vectors.has(word)) continue;
    const vector = vectors.vectorOf(word);
    const weight = weightOf ? weightOf(word) : 1;
    const scale = normalize ? weight / (Math.hypot(...vector) || 1) : weight;
    for (let at = 0; at < sum.length; at++) sum[at]! += scale * vector[at]!;
    // As in Arora et al. the number of words, not the sum of their weights, is what sums are divided by.
    weights++;
  }
  return Float32Array.from(sum, (value) => (weights > 0 ? value / weights : 0));
}
