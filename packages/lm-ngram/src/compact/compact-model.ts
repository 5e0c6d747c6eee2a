import { describeValue } from '../describe-value.ts';
import type { LanguageModel, WordScore } from '../language-model.ts';
import type { ChildVisitor, NextWordSource } from '../next-words.ts';
import { type NgramVocabulary, SENTENCE_START, UNKNOWN } from '../vocabulary.ts';
import { readCompactLayout } from './compact-file.ts';
import { CompactIndex } from './compact-index.ts';
import { packedNumber } from './packed-bits.ts';

/**
 * A model that answers from the bytes of a compact file as they are. It opens many times as fast as `decodeCompact`, takes next to no memory
 * beside the bytes, and gives the same numbers, at some cost for each word. The bytes may be shared memory, so that several workers ask one
 * model.
 *
 * A state is the nodes of all stretches of the last words that the model has, the longest first.
 */
export class CompactModel implements LanguageModel<readonly number[]>, NextWordSource<readonly number[]> {
  /** The file. */
  readonly bytes: Uint8Array;
  readonly vocabulary: NgramVocabulary;
  readonly order: number;
  readonly emptyState: readonly number[] = [];
  readonly sentenceStart: readonly number[];
  readonly #index: CompactIndex;
  /** By level, from 2. */
  readonly #words: readonly Uint8Array[];
  readonly #probabilities: readonly Uint8Array[];
  readonly #backoffs: readonly Uint8Array[];

  /**
   * @param bytes they must not change while the model is in use
   * @throws {SyntaxError} if they are no compact file, cut off, or damaged where it can be seen without looking at every n-gram
   */
  constructor(bytes: Uint8Array, { source = 'compact model' }: { readonly source?: string } = {}) {
    this.bytes = bytes;
    const { layout, section } = readCompactLayout(bytes, source);
    this.#index = new CompactIndex(layout, section, source);
    this.vocabulary = this.#index.vocabulary;
    this.order = this.#index.order;
    this.#words = layout.levels.map(({ words }) => section(words));
    this.#probabilities = layout.levels.map(({ probabilityCodes }) => section(probabilityCodes));
    this.#backoffs = layout.levels.map(({ backoffCodes }) => section(backoffCodes));
    this.sentenceStart = this.order > 1 ? [SENTENCE_START + 1] : [];
  }

  /** N-grams of each order, 1 first. */
  get sizes(): readonly number[] {
    return this.#index.layout.header.sizes;
  }

  score(state: readonly number[], word: number): WordScore<readonly number[]> {
    if (!(word >= 0 && word < this.vocabulary.size)) {
      throw new RangeError(
        `score: word must be at least 0 and below ${this.vocabulary.size}, got ${describeValue(word)}.`,
      );
    }
    const next: number[] = [];
    let found = -1;
    let backoff = 0;
    for (const context of state) {
      const child = this.#child(context, word);
      if (child < 0) {
        if (found < 0) backoff += this.logBackoff(context);
        continue;
      }
      if (found < 0) found = child;
      if (this.#index.levelOf(child) < this.order) next.push(child);
    }
    if (this.order > 1) next.push(word + 1);
    if (found < 0) found = word + 1;
    return {
      log10Probability: backoff + this.#logProbability(found),
      order: word === UNKNOWN ? 0 : this.#index.levelOf(found),
      state: next,
    };
  }

  contextsOf(state: readonly number[]): readonly number[] {
    return [...state, 0];
  }

  levelOf(context: number): number {
    return context === 0 ? 0 : this.#index.levelOf(context);
  }

  logBackoff(context: number): number {
    const level = this.#index.levelOf(context);
    const place = context - this.#index.levelStarts[level]!;
    if (level === 1) return this.#index.unigramBackoffs[place]!;
    const { backoffBits } = this.#index.layout.header;
    return this.#index.backoffBooks[level - 2]![
      packedNumber(this.#backoffs[level - 2]!, backoffBits, place)
    ]!;
  }

  hasChild(context: number, word: number): boolean {
    return context === 0 || this.#child(context, word) >= 0;
  }

  forEachChild(context: number, visit: ChildVisitor): void {
    if (context === 0) {
      for (let word = 0; word < this.vocabulary.size; word++) {
        if (visit(word, this.#index.unigramProbabilities[word]!) === true) return;
      }
      return;
    }
    const { wordBits } = this.#index.layout.header;
    const { level, start, end } = this.#index.childrenOf(context);
    for (let place = start; place < end; place++) {
      const word = packedNumber(this.#words[level - 2]!, wordBits, place);
      if (word >= this.vocabulary.size) continue;
      if (visit(word, this.#logProbability(this.#index.levelStarts[level]! + place)) === true) return;
    }
  }

  #child(context: number, word: number): number {
    const { wordBits } = this.#index.layout.header;
    const { level, start, end } = this.#index.childrenOf(context);
    const words = this.#words[level - 2]!;
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = packedNumber(words, wordBits, middle);
      if (found === word) return this.#index.levelStarts[level]! + middle;
      if (found < word) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  #logProbability(node: number): number {
    const level = this.#index.levelOf(node);
    const place = node - this.#index.levelStarts[level]!;
    if (level === 1) return this.#index.unigramProbabilities[place]!;
    const { probabilityBits } = this.#index.layout.header;
    const code = packedNumber(this.#probabilities[level - 2]!, probabilityBits, place);
    return this.#index.probabilityBooks[level - 2]![code]!;
  }
}
