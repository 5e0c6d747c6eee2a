import { checkCount, describeValue } from '../describe-value.ts';
import { type ExactIndex, exactIndexOf } from '../search/exact-index.ts';
import type { VectorIndex } from '../search/vector-index.ts';
import { unitVector } from './unit-vector.ts';
import type { WordVectors } from './word-vectors.ts';

/** A word, a vector, or one of both and how much it counts. */
export type Direction = string | ArrayLike<number> | readonly [string | ArrayLike<number>, weight: number];

/** A word, and its cosine with what was asked for; of {@link MostSimilarOptions.objective} multiply, its quotient. */
export interface SimilarWord {
  readonly word: string;
  readonly similarity: number;
}

/** Options of {@link mostSimilar}. */
export interface MostSimilarOptions {
  /** What words are to be away from. */
  readonly negative?: readonly Direction[];
  /** Words at most. Default 10. */
  readonly count?: number;
  /**
   * `add` (the default): the cosine with the sum of unit vectors, 3CosAdd. `multiply`: products of cosines, those of what is negative as divisors,
   * which no one large term outweighs, 3CosMul (Levy and Goldberg 2014, equation 4; cosines are moved to 0…1, ε is 1e-6).
   */
  readonly objective?: 'add' | 'multiply';
  /** The first words alone are searched, which are the frequent ones. Default all. */
  readonly limit?: number;
  /** An index to ask instead of comparing all. Objective `add`, and no limit. */
  readonly index?: VectorIndex;
}

/**
 * The words most similar to some words or vectors, the most similar first. Words that are asked for are left out.
 *
 * @param positive what words are to be near to
 * @throws {RangeError} if a word has no vector
 * @example
 * mostSimilar(vectors, ['king', 'woman'], { negative: ['man'], count: 1 }); // [{ word: 'queen', similarity: 0.7… }]
 */
export function mostSimilar(
  vectors: WordVectors,
  positive: string | readonly Direction[],
  { negative = [], count = 10, objective = 'add', limit, index }: MostSimilarOptions = {},
): SimilarWord[] {
  checkCount('mostSimilar', 'count', count);
  if (limit !== undefined) checkCount('mostSimilar', 'limit', limit);
  if (objective !== 'add' && objective !== 'multiply') {
    throw new RangeError(`mostSimilar: objective must be add or multiply, got ${describeValue(objective)}.`);
  }
  const near = (typeof positive === 'string' ? [positive] : positive).map((item) => termOf(vectors, item, 1));
  const far = negative.map((item) => termOf(vectors, item, -1));
  if (near.length + far.length === 0) {
    throw new RangeError('mostSimilar: positive and negative must hold a word or a vector, got none.');
  }
  if (index && (limit !== undefined || objective === 'multiply')) {
    throw new RangeError('mostSimilar: an index must be asked for objective "add" without a limit.');
  }
  const asked = new Set([...near, ...far].flatMap(({ row }) => row ?? []));
  const wanted = Math.min(count + asked.size, vectors.words.length);
  const { rows, similarities } =
    objective === 'add'
      ? searchSum([...near, ...far], wanted, vectors, index, limit)
      : bestRows(multiplied(exactIndexOf(vectors), near, far, limit), wanted);
  const found: SimilarWord[] = [];
  for (let rank = 0; rank < rows.length && found.length < count; rank++) {
    const row = rows[rank]!;
    if (!asked.has(row)) found.push({ word: vectors.words[row]!, similarity: similarities[rank]! });
  }
  return found;
}

interface Term {
  readonly row: number | undefined;
  /** Of length one. */
  readonly unit: Float32Array;
  readonly weight: number;
}

function termOf(vectors: WordVectors, item: Direction, sign: number): Term {
  const [subject, weight] = isWeighted(item) ? item : [item as string | ArrayLike<number>, sign];
  if (typeof subject !== 'string' && subject.length !== vectors.size) {
    throw new RangeError(`mostSimilar: a vector must have ${vectors.size} numbers, got ${subject.length}.`);
  }
  if (!Number.isFinite(weight)) {
    throw new RangeError(`mostSimilar: a weight must be a finite number, got ${describeValue(weight)}.`);
  }
  const row = typeof subject === 'string' ? vectors.rowOf(subject) : undefined;
  return { row, unit: unitVector(typeof subject === 'string' ? vectors.vectorOf(subject) : subject), weight };
}

function isWeighted(item: Direction): item is readonly [string | ArrayLike<number>, number] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] !== 'number';
}

function searchSum(
  terms: readonly Term[],
  count: number,
  vectors: WordVectors,
  index: VectorIndex | undefined,
  limit: number | undefined,
) {
  const sum = new Float64Array(vectors.size);
  for (const { unit, weight } of terms) {
    for (let at = 0; at < sum.length; at++) sum[at]! += weight * unit[at]!;
  }
  return index ? index.search(sum, count) : exactIndexOf(vectors).search(sum, count, { limit });
}

function multiplied(
  index: ExactIndex,
  near: readonly Term[],
  far: readonly Term[],
  limit: number | undefined,
): Float32Array {
  const product = (terms: readonly Term[]): Float32Array => {
    const result = new Float32Array(Math.min(limit ?? Infinity, index.count)).fill(1);
    for (const { unit } of terms) {
      const cosines = index.similarities(unit, { limit });
      for (let row = 0; row < result.length; row++) result[row]! *= (1 + cosines[row]!) / 2;
    }
    return result;
  };
  const result = product(near);
  const divisors = product(far);
  for (let row = 0; row < result.length; row++) result[row]! /= divisors[row]! + 1e-6;
  return result;
}

function bestRows(scores: Float32Array, count: number) {
  const rows = Int32Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, count);
  return { rows, similarities: Float32Array.from(rows, (row) => scores[row]!) };
}
