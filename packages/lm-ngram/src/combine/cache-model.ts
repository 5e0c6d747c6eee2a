import { describeValue } from '../describe-value.ts';
import type { LanguageModel, WordScore } from '../language-model.ts';
import { type NgramVocabulary, SENTENCE_END, UNKNOWN } from '../vocabulary.ts';

/** Options of {@link CacheModel}. */
export interface CacheModelOptions {
  /** Share of the cache in a word's probability, between 0 and 1 (default 0.1). */
  readonly weight?: number;
  /** Words that are remembered (default 200). */
  readonly size?: number;
  /** By what a word counts less with each word since, more than 0 and at most 1 (default 1: all the same). */
  readonly decay?: number;
}

/** The state of the model below, and the last words, the latest last. */
export interface CacheState<State> {
  readonly base: State;
  readonly recent: readonly number[];
}

/**
 * A model that expects the words of late: mixes another model with the relative frequencies of the last words. `</s>` and `<unk>` are not
 * remembered. `sentenceStart` begins anew; to remember across sentences, go on with `nextSentence(state)`.
 *
 * @see Kuhn and De Mori 1990
 */
export class CacheModel<State> implements LanguageModel<CacheState<State>> {
  readonly base: LanguageModel<State>;
  readonly options: Required<CacheModelOptions>;

  /** @throws {RangeError} if an option is out of range */
  constructor(base: LanguageModel<State>, { weight = 0.1, size = 200, decay = 1 }: CacheModelOptions = {}) {
    if (!(weight > 0 && weight < 1)) throw wrong('weight', 'between 0 and 1', weight);
    if (!Number.isInteger(size) || size < 1) throw wrong('size', 'a positive integer', size);
    if (!(decay > 0 && decay <= 1)) throw wrong('decay', 'more than 0 and at most 1', decay);
    this.base = base;
    this.options = { weight, size, decay };
  }

  get vocabulary(): NgramVocabulary {
    return this.base.vocabulary;
  }

  get order(): number {
    return this.base.order;
  }

  get sentenceStart(): CacheState<State> {
    return { base: this.base.sentenceStart, recent: [] };
  }

  get emptyState(): CacheState<State> {
    return { base: this.base.emptyState, recent: [] };
  }

  /** The beginning of a sentence that the words before are remembered in. */
  nextSentence({ recent }: CacheState<State>): CacheState<State> {
    return { base: this.base.sentenceStart, recent };
  }

  score({ base, recent }: CacheState<State>, word: number): WordScore<CacheState<State>> {
    const score = this.base.score(base, word);
    const { weight, size, decay } = this.options;
    const isRemembered = word !== UNKNOWN && word !== SENTENCE_END;
    const next = isRemembered ? [...recent, word].slice(-size) : recent;
    const state = { base: score.state, recent: next };
    if (recent.length === 0) return { ...score, state };
    let total = 0;
    let own = 0;
    let share = 1;
    for (let index = recent.length - 1; index >= 0; index--) {
      total += share;
      if (recent[index] === word) own += share;
      share *= decay;
    }
    const probability = (1 - weight) * 10 ** score.log10Probability + weight * (own / total);
    return { ...score, log10Probability: Math.log10(probability), state };
  }
}

function wrong(name: string, expected: string, value: number): RangeError {
  return new RangeError(`CacheModel: ${name} must be ${expected}, got ${describeValue(value)}.`);
}
