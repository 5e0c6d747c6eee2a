import { MergeLearner, type SymbolWords } from '../byte-pair/merge-learner.ts';
import type { GrowingVocabulary } from './training-tokens.ts';

/** When merges end, and how their tokens are written. */
export interface MergeTrainingOptions {
  /** Tokens to end with, all told. */
  readonly vocabSize: number;
  /** How often a pair must occur. */
  readonly minFrequency: number;
  /** Merging makes no tokens of so many characters or more; of two characters always. */
  readonly maxTokenLength: number;
  /** What the token on the right of a merge loses when it is put to the one on the left. */
  readonly continuingSubwordPrefix: string;
}

/** Left and right token ids of a merge. */
export type MergePair = readonly [left: number, right: number];

/** Learns merges of words, and gives their products tokens. */
export class MergeTraining {
  readonly #learner: MergeLearner;
  readonly #vocabulary: GrowingVocabulary;
  readonly #options: MergeTrainingOptions;
  readonly #learned: MergePair[] = [];

  constructor(words: SymbolWords, vocabulary: GrowingVocabulary, options: MergeTrainingOptions) {
    this.#learner = new MergeLearner(words, options.maxTokenLength);
    this.#vocabulary = vocabulary;
    this.#options = options;
  }

  get vocabSize(): number {
    return this.#vocabulary.tokens.length;
  }

  /** All merges in the order they were made; one may come twice. */
  get learned(): readonly MergePair[] {
    return this.#learned;
  }

  /** The merges, each once: where it was made last, as in the reference. */
  get merges(): MergePair[] {
    const seen = new Set<number>();
    const merges: MergePair[] = [];
    for (let index = this.#learned.length - 1; index >= 0; index--) {
      const merge = this.#learned[index]!;
      const key = merge[0] * 2 ** 26 + merge[1];
      if (seen.has(key)) continue;
      seen.add(key);
      merges.push(merge);
    }
    return merges.reverse();
  }

  /** Learns merges until the vocabulary is full or no pair is frequent enough; yields the frequency of each pair merged. */
  *learn(): Generator<number, void, void> {
    const { vocabSize, minFrequency } = this.#options;
    while (this.vocabSize < vocabSize) {
      const merge = this.#learner.next(minFrequency);
      if (!merge) return;
      this.#merge(merge.left, merge.right);
      yield merge.frequency;
    }
  }

  /**
   * Makes merges anew that were learned before from the same words; yields after each.
   *
   * @returns undefined, or the index of the first one that these words do not give
   */
  *replay(merges: readonly MergePair[]): Generator<void, number | undefined, void> {
    for (const [index, [left, right]] of merges.entries()) {
      const merge = this.#learner.next(1);
      if (merge?.left !== left || merge.right !== right) return index;
      this.#merge(left, right);
      yield;
    }
    return undefined;
  }

  #merge(left: number, right: number): void {
    const { tokens } = this.#vocabulary;
    const { continuingSubwordPrefix: prefix } = this.#options;
    const rest = tokens[right]!;
    const product = tokens[left]! + (rest.startsWith(prefix) ? rest.slice(prefix.length) : rest);
    this.#learned.push([left, right]);
    this.#learner.merge(this.#vocabulary.add(product));
  }
}
