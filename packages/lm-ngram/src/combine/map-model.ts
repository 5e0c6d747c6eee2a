import type { NgramCounts } from '../count-ngrams.ts';
import { describeValue } from '../describe-value.ts';
import type { LanguageModel, WordScore } from '../language-model.ts';
import type { NgramTrie } from '../ngram-trie.ts';
import { isSentenceStart } from '../smoothing/smoothing.ts';
import { type NgramVocabulary, SENTENCE_START } from '../vocabulary.ts';

/** The state of the model below, and the longest stretch of the last words that the counts have. */
export interface MapState<State> {
  readonly base: State;
  readonly context: number;
}

/**
 * A model adapted to counts of a domain by maximum a posteriori estimation: p(w | h) = (C(h w) + τ p_0(w | h)) / (C(h) + τ), the model counting as
 * much as τ words of the domain after every context. Contexts are of `order − 1` words of the counts, or what the domain has of them.
 *
 * @see Federico 1996, "Bayesian estimation methods for n-gram language model adaptation"; Bacchiani and Roark 2003
 */
export class MapAdaptedModel<State> implements LanguageModel<MapState<State>> {
  readonly base: LanguageModel<State>;
  readonly strength: number;
  readonly sentenceStart: MapState<State>;
  readonly emptyState: MapState<State>;
  readonly #trie: NgramTrie;
  readonly #counts: Float64Array;
  readonly #totals: Float64Array;

  /**
   * @param counts   of the domain's text, by ids of the model's vocabulary
   * @param strength τ, more than 0 (default 10)
   * @throws {RangeError} if the counts are of another vocabulary, or the strength is not more than 0
   */
  constructor(
    base: LanguageModel<State>,
    { trie, counts }: NgramCounts,
    { strength = 10 }: { readonly strength?: number } = {},
  ) {
    if (!(strength > 0 && strength < Infinity)) {
      throw new RangeError(`MapAdaptedModel: strength must be more than 0, got ${describeValue(strength)}.`);
    }
    if (trie.vocabSize !== base.vocabulary.size) {
      throw new RangeError(
        `MapAdaptedModel: counts must be of the ${base.vocabulary.size} words of the model, got ${trie.vocabSize}.`,
      );
    }
    this.base = base;
    this.strength = strength;
    this.#trie = trie;
    this.#counts = counts;
    this.#totals = new Float64Array(trie.contextCount);
    for (let context = 0; context < trie.contextCount; context++) {
      for (let node = trie.firstChildren[context]!; node < trie.firstChildren[context + 1]!; node++) {
        if (!isSentenceStart(node)) this.#totals[context]! += counts[node]!;
      }
    }
    this.emptyState = { base: base.emptyState, context: 0 };
    this.sentenceStart = { base: base.sentenceStart, context: trie.contextAfter(SENTENCE_START + 1) };
  }

  get vocabulary(): NgramVocabulary {
    return this.base.vocabulary;
  }

  get order(): number {
    return Math.max(this.base.order, this.#trie.order);
  }

  score({ base, context }: MapState<State>, word: number): WordScore<MapState<State>> {
    const score = this.base.score(base, word);
    const trie = this.#trie;
    const total = this.#totals[context]!;
    const node = trie.child(context, word);
    const count = node < 0 || word === SENTENCE_START ? 0 : this.#counts[node]!;
    const prior = this.strength * 10 ** score.log10Probability;
    // Kept as a logarithm where the text says nothing: a small probability would be lost.
    const log10Probability =
      total === 0 ? score.log10Probability : Math.log10((count + prior) / (total + this.strength));
    const order = count > 0 ? Math.max(score.order, trie.levelOf(node)) : score.order;
    return { log10Probability, order, state: { base: score.state, context: this.#after(context, word) } };
  }

  #after(context: number, word: number): number {
    let at = context;
    let node = this.#trie.child(at, word);
    while (node < 0) {
      at = this.#trie.suffixOf(at);
      node = this.#trie.child(at, word);
    }
    return this.#trie.contextAfter(node);
  }
}
