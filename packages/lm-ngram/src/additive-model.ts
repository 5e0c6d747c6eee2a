import type { NgramCounts } from './count-ngrams.ts';
import { describeValue } from './describe-value.ts';
import type { LanguageModel, WordScore } from './language-model.ts';
import type { NgramTrie } from './ngram-trie.ts';
import { isSentenceStart, predictedWordCount } from './smoothing/smoothing.ts';
import { type NgramVocabulary, SENTENCE_START, UNKNOWN } from './vocabulary.ts';

/** Options of {@link AdditiveModel}. */
export interface AdditiveModelOptions {
  /** What is added to every count, more than 0 (default 1: Laplace's rule). */
  readonly added?: number;
}

/**
 * Add-k smoothing: p(w | h) = (C(h w) + k) / (C(h) + k V), h being the last words, as many as the order has but one, or those since `<s>`. What
 * was not seen is equally likely after every context, whatever shorter contexts say, so this is no back-off model and has no ARPA file.
 *
 * A state is the last words.
 *
 * @see Lidstone 1920; Jurafsky and Martin, "Speech and language processing", chapter on n-grams
 */
export class AdditiveModel implements LanguageModel<readonly number[]> {
  readonly vocabulary: NgramVocabulary;
  readonly order: number;
  readonly added: number;
  readonly emptyState: readonly number[] = [];
  readonly sentenceStart: readonly number[];
  readonly #trie: NgramTrie;
  readonly #counts: Float64Array;
  /** How often each context was followed by a word. */
  readonly #totals: Float64Array;

  /** @throws {RangeError} if `added` is not more than 0 */
  constructor(
    { trie, counts }: NgramCounts,
    vocabulary: NgramVocabulary,
    { added = 1 }: AdditiveModelOptions = {},
  ) {
    if (!(added > 0)) {
      throw new RangeError(`AdditiveModel: added must be more than 0, got ${describeValue(added)}.`);
    }
    this.vocabulary = vocabulary;
    this.order = trie.order;
    this.added = added;
    this.#trie = trie;
    this.#counts = counts;
    this.#totals = new Float64Array(trie.contextCount);
    for (let context = 0; context < trie.contextCount; context++) {
      for (let node = trie.firstChildren[context]!; node < trie.firstChildren[context + 1]!; node++) {
        if (!isSentenceStart(node)) this.#totals[context]! += counts[node]!;
      }
    }
    this.sentenceStart = this.#remember([], SENTENCE_START);
  }

  /** `<s>`, which is never predicted, has the probability of a word that was not seen. */
  score(state: readonly number[], word: number): WordScore<readonly number[]> {
    this.vocabulary.wordOf(word);
    const context = this.#trie.find(state);
    const node = context < 0 || word === SENTENCE_START ? -1 : this.#trie.child(context, word);
    const count = node < 0 ? 0 : this.#counts[node]!;
    const total = context < 0 ? 0 : this.#totals[context]!;
    return {
      log10Probability: Math.log10(
        (count + this.added) / (total + this.added * predictedWordCount(this.#trie)),
      ),
      order: word === UNKNOWN ? 0 : state.length + 1,
      state: this.#remember(state, word),
    };
  }

  #remember(state: readonly number[], word: number): readonly number[] {
    return this.order === 1 ? [] : [...state, word].slice(1 - this.order);
  }
}
