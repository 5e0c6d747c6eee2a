import type { NgramVocabulary } from './vocabulary.ts';

/** What a model says of one word after a state. */
export interface WordScore<State> {
  /** Logarithm to base 10 of the word's probability. */
  readonly log10Probability: number;
  /** Words of the n-gram that gave the probability; the rest of the context was backed off from. 0: the word itself is unknown. */
  readonly order: number;
  /** What to go on with. */
  readonly state: State;
}

/**
 * A model that gives words probabilities, one after the other. A state is all that it remembers of the words before; states are
 * values: any number of continuations may start from one.
 */
export interface LanguageModel<State = number> {
  readonly vocabulary: NgramVocabulary;
  /** Words of the longest n-grams it looks at. */
  readonly order: number;
  /** The state at the beginning of a sentence: after `<s>`. */
  readonly sentenceStart: State;
  /** The state that knows nothing of what came before. */
  readonly emptyState: State;
  /**
   * The probability of a word, by id, after a state.
   *
   * @throws {RangeError} if there is no such id
   */
  score(state: State, word: number): WordScore<State>;
}

/** A model whose states only it reads. */
// biome-ignore lint/suspicious/noExplicitAny: each model has states of its own
export type AnyLanguageModel = LanguageModel<any>;
