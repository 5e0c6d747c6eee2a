import { describeValue } from './describe-value.ts';
import type { LanguageModel, WordScore } from './language-model.ts';
import type { ChildVisitor, NextWordSource } from './next-words.ts';
import type { NgramTrie } from './ngram-trie.ts';
import { type NgramVocabulary, SENTENCE_START, UNKNOWN } from './vocabulary.ts';

/** What a {@link NgramModel} is made of. */
export interface NgramModelParts {
  readonly vocabulary: NgramVocabulary;
  readonly trie: NgramTrie;
  /** Base 10, by node: of the last word after the others. That of the root is not used. */
  readonly logProbabilities: Float32Array;
  /** Base 10, by node below the highest order: what shorter contexts' probabilities are multiplied by. That of the root is not used. */
  readonly logBackoffs: Float32Array;
}

/**
 * A back-off n-gram model, as ARPA files hold it: probabilities of n-grams, and a weight for each context by which the probability after
 * the next shorter context counts where an n-gram is missing.
 *
 * A state is a node of the trie: the longest stretch of the last words that is in it.
 *
 * @see Katz 1987; the file format: Doug Paul's ARPA, as in SRILM's ngram-format(5)
 */
export class NgramModel implements LanguageModel, NextWordSource {
  readonly vocabulary: NgramVocabulary;
  readonly trie: NgramTrie;
  readonly order: number;
  readonly logProbabilities: Float32Array;
  readonly logBackoffs: Float32Array;
  readonly emptyState = 0;
  readonly sentenceStart: number;

  constructor({ vocabulary, trie, logProbabilities, logBackoffs }: NgramModelParts) {
    this.vocabulary = vocabulary;
    this.trie = trie;
    this.order = trie.order;
    this.logProbabilities = logProbabilities;
    this.logBackoffs = logBackoffs;
    this.sentenceStart = trie.contextAfter(SENTENCE_START + 1);
  }

  /** Of its n-grams, in bytes; words are not counted. */
  get byteLength(): number {
    return this.trie.byteLength + this.logProbabilities.byteLength + this.logBackoffs.byteLength;
  }

  score(state: number, word: number): WordScore<number> {
    if (!(word >= 0 && word < this.vocabulary.size)) {
      throw new RangeError(
        `score: word must be at least 0 and below ${this.vocabulary.size}, got ${describeValue(word)}.`,
      );
    }
    const { trie } = this;
    let context = state;
    let backoff = 0;
    let node = trie.child(context, word);
    while (node < 0) {
      backoff += this.logBackoffs[context]!;
      context = trie.suffixOf(context);
      node = trie.child(context, word);
    }
    return {
      log10Probability: backoff + this.logProbabilities[node]!,
      order: word === UNKNOWN ? 0 : trie.levelOf(node),
      state: trie.contextAfter(node),
    };
  }

  /**
   * Probabilities of words in a row, for speed: `score` without anything made on the way.
   *
   * @param words ids; they are not checked
   * @param state the state before the first of them (default: nothing came before)
   * @param output gets the logarithm to base 10 of each word's probability (default none)
   * @returns the sum of the logarithms, and the state after the last word
   */
  scoreAll(
    words: ArrayLike<number>,
    { state = this.emptyState, output }: { readonly state?: number; readonly output?: Float64Array } = {},
  ): { log10Probability: number; state: number } {
    const { trie, logProbabilities, logBackoffs } = this;
    const { contextCount } = trie;
    let context = state;
    let sum = 0;
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      let logProbability = 0;
      let node = trie.child(context, word);
      while (node < 0) {
        logProbability += logBackoffs[context]!;
        context = trie.suffixOf(context);
        node = trie.child(context, word);
      }
      logProbability += logProbabilities[node]!;
      context = node < contextCount ? node : trie.suffixOf(node);
      sum += logProbability;
      if (output) output[index] = logProbability;
    }
    return { log10Probability: sum, state: context };
  }

  /** The state and its suffixes, the longest first; the last is the root. */
  contextsOf(state: number): readonly number[] {
    const contexts = [state];
    for (let at = state; at !== 0; contexts.push(at)) at = this.trie.suffixOf(at);
    return contexts;
  }

  levelOf(context: number): number {
    return this.trie.levelOf(context);
  }

  logBackoff(context: number): number {
    return this.logBackoffs[context]!;
  }

  hasChild(context: number, word: number): boolean {
    return this.trie.child(context, word) >= 0;
  }

  forEachChild(context: number, visit: ChildVisitor): void {
    const { firstChildren, words } = this.trie;
    const end = firstChildren[context + 1]!;
    for (let node = firstChildren[context]!; node < end; node++) {
      if (visit(words[node]!, this.logProbabilities[node]!) === true) return;
    }
  }
}
