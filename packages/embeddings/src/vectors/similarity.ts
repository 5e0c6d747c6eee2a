import { exactIndexOf } from '../search/exact-index.ts';
import { cosineSimilarity } from './cosine-similarity.ts';
import { meanVector } from './mean-vector.ts';
import { unitVector } from './unit-vector.ts';
import type { WordVectors } from './word-vectors.ts';

/**
 * The cosine of two words' vectors.
 *
 * @throws {RangeError} if one of the words has none
 */
export function wordSimilarity(vectors: WordVectors, left: string, right: string): number {
  return cosineSimilarity(vectors.vectorOf(left), vectors.vectorOf(right));
}

/**
 * The cosine of the means of two sets of words, as gensim's `n_similarity`.
 *
 * @throws {RangeError} if a set is empty, or a word has no vector
 */
export function setSimilarity(
  vectors: WordVectors,
  left: readonly string[],
  right: readonly string[],
): number {
  if (left.length === 0 || right.length === 0) {
    throw new RangeError(`setSimilarity: both sets must have words, got ${left.length} and ${right.length}.`);
  }
  const mean = (words: readonly string[]): Float32Array => meanVector(vectors, words, { unknown: 'refuse' });
  return cosineSimilarity(mean(left), mean(right));
}

/**
 * The word that goes least with the others: whose vector has the smallest cosine with the mean of all unit vectors.
 *
 * @throws {RangeError} if there are no words, or one has no vector
 */
export function doesNotMatch(vectors: WordVectors, words: readonly string[]): string {
  if (words.length === 0) throw new RangeError('doesNotMatch: words must not be empty.');
  const sum = new Float64Array(vectors.size);
  for (const word of words) {
    const unit = unitVector(vectors.vectorOf(word));
    for (let at = 0; at < sum.length; at++) sum[at]! += unit[at]!;
  }
  let odd = words[0]!;
  let least = Infinity;
  for (const word of words) {
    const cosine = cosineSimilarity(vectors.vectorOf(word), sum);
    if (cosine < least) [odd, least] = [word, cosine];
  }
  return odd;
}

/** The words that are nearer to a word than another is, in the order of the table. */
export function nearerThan(vectors: WordVectors, word: string, other: string): string[] {
  const cosines = exactIndexOf(vectors).similarities(vectors.vectorOf(word));
  const own = vectors.rowOf(word)!;
  vectors.vectorOf(other); // which says that there is none
  const least = cosines[vectors.rowOf(other)!]!;
  return vectors.words.filter((_, row) => row !== own && cosines[row]! > least);
}

/** Which place a word has among the words near to another: 1 for the nearest. */
export function rankOf(vectors: WordVectors, word: string, other: string): number {
  return nearerThan(vectors, word, other).length + 1;
}
