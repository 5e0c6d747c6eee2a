import { describeValue } from '../describe-value.ts';
import { meanVector } from './mean-vector.ts';
import { singularValues } from './singular-values.ts';
import type { WordVectors } from './word-vectors.ts';

/** Options of {@link SentenceEmbedder.fit}. */
export interface SentenceEmbedderOptions {
  /** How often a word comes, counted or estimated, in any unit. */
  readonly frequencyOf: (word: string) => number;
  /** Words more frequent than this part of all count less than half. Default 1e-3. */
  readonly smoothing?: number;
  /** Common directions that are taken away. Default 1; 0 takes none. */
  readonly components?: number;
}

/**
 * Vectors of sentences: means of words' vectors, in which frequent words count less, without the direction that all sentences share. Smooth inverse
 * frequency, a strong baseline of sentence embeddings.
 *
 * @see Arora et al. 2017, "A simple but tough-to-beat baseline for sentence embeddings", algorithm 1
 */
export class SentenceEmbedder {
  readonly size: number;
  /** `[components, size]`, of length one. */
  readonly commonDirections: Float64Array;
  readonly #vectors: WordVectors;
  readonly #weightOf: (word: string) => number;

  private constructor(
    vectors: WordVectors,
    weightOf: (word: string) => number,
    commonDirections: Float64Array,
  ) {
    this.size = vectors.size;
    this.commonDirections = commonDirections;
    this.#vectors = vectors;
    this.#weightOf = weightOf;
  }

  /**
   * Learns the common directions from sentences.
   *
   * @param sentences of words; those that have no vector are left out
   */
  static fit(
    vectors: WordVectors,
    sentences: Iterable<readonly string[]>,
    { frequencyOf, smoothing = 1e-3, components = 1 }: SentenceEmbedderOptions,
  ): SentenceEmbedder {
    if (!Number.isSafeInteger(components) || components < 0 || components > vectors.size) {
      throw new RangeError(
        `SentenceEmbedder: components must be from 0 to ${vectors.size}, got ${describeValue(components)}.`,
      );
    }
    const total = vectors.words.reduce((sum, word) => sum + frequencyOf(word), 0);
    if (!(total > 0)) {
      throw new RangeError(
        'SentenceEmbedder: frequencyOf must give more than 0 for some word that has a vector.',
      );
    }
    const weightOf = (word: string): number => smoothing / (smoothing + frequencyOf(word) / total);
    const { size } = vectors;
    // The first right singular vectors of all sentences' vectors are those of the sum of their products, not centered.
    const products = new Float64Array(size * size);
    for (const sentence of sentences) {
      const vector = meanVector(vectors, sentence, { weightOf });
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++)
          products[row * size + column]! += vector[row]! * vector[column]!;
      }
    }
    const directions = new Float64Array(components * size);
    if (components > 0) {
      const { v } = singularValues(products, size, size);
      for (let component = 0; component < components; component++) {
        for (let at = 0; at < size; at++) directions[component * size + at] = v[at * size + component]!;
      }
    }
    return new SentenceEmbedder(vectors, weightOf, directions);
  }

  /** The vector of a sentence, `[size]`; zero if none of its words has a vector. */
  embed(words: readonly string[]): Float32Array<ArrayBuffer> {
    const vector = meanVector(this.#vectors, words, { weightOf: this.#weightOf });
    for (let begin = 0; begin < this.commonDirections.length; begin += this.size) {
      let product = 0;
      for (let at = 0; at < this.size; at++) product += vector[at]! * this.commonDirections[begin + at]!;
      for (let at = 0; at < this.size; at++) vector[at]! -= product * this.commonDirections[begin + at]!;
    }
    return vector;
  }
}
