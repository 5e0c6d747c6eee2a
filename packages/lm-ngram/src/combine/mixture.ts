import { describeValue } from '../describe-value.ts';
import type { AnyLanguageModel, LanguageModel, WordScore } from '../language-model.ts';
import { type NgramVocabulary, SENTENCE_END, UNKNOWN } from '../vocabulary.ts';
import { joinVocabularies, type WordMap } from './word-map.ts';

/** Options of {@link LinearMixture}. */
export interface LinearMixtureOptions {
  /** One number for each model, at least 0; only their ratios matter (default: all equal). */
  readonly weights?: readonly number[];
}

/**
 * Several models as one: p(w | h) = Σ λ_i p_i(w | h). Models may be of different kinds, orders and vocabularies, such as a model of much
 * general text and one of a little text of the domain.
 *
 * The vocabulary is that of all models together. A model gives a word that it lacks a part of its `<unk>`'s probability, so that all adds up to 1:
 * as large as the word is frequent in the others, beside their `<unk>`.
 *
 * @see Jelinek and Mercer 1980
 */
export class LinearMixture implements LanguageModel<readonly unknown[]> {
  readonly vocabulary: NgramVocabulary;
  readonly order: number;
  readonly models: readonly AnyLanguageModel[];
  /** They add up to 1. */
  readonly weights: readonly number[];
  readonly sentenceStart: readonly unknown[];
  readonly emptyState: readonly unknown[];
  readonly #maps: readonly WordMap[];

  /** @throws {RangeError} if there is no model, or the weights are not one for each, none negative, and not all 0 */
  constructor(
    models: readonly AnyLanguageModel[],
    { weights = models.map(() => 1) }: LinearMixtureOptions = {},
  ) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (
      models.length === 0 ||
      weights.length !== models.length ||
      !(total > 0) ||
      weights.some((w) => !(w >= 0))
    ) {
      throw new RangeError(
        `LinearMixture: weights must be one number of at least 0 for each of the ${models.length} models, not all 0, got ${describeValue(weights.join(' '))}.`,
      );
    }
    this.models = models;
    this.weights = weights.map((weight) => weight / total);
    const { vocabulary, maps } = joinVocabularies(models);
    this.vocabulary = vocabulary;
    this.#maps = maps;
    this.order = Math.max(...models.map(({ order }) => order));
    this.sentenceStart = models.map(({ sentenceStart }) => sentenceStart);
    this.emptyState = models.map(({ emptyState }) => emptyState);
  }

  score(state: readonly unknown[], word: number): WordScore<readonly unknown[]> {
    const scores = this.scoreEach(state, word);
    const probability = scores.reduce(
      (sum, { log10Probability }, index) => sum + this.weights[index]! * 10 ** log10Probability,
      0,
    );
    return {
      log10Probability: Math.log10(probability),
      order: Math.max(...scores.map(({ order }) => order)),
      state: scores.map(({ state: next }) => next),
    };
  }

  /** What each model says of a word. */
  scoreEach(state: readonly unknown[], word: number): WordScore<unknown>[] {
    this.vocabulary.wordOf(word);
    return this.models.map((model, index) => {
      const { ids, logShares } = this.#maps[index]!;
      const id = ids[word]!;
      const score = model.score(state[index], id);
      if (id !== UNKNOWN) return score;
      return { ...score, log10Probability: score.log10Probability + logShares[word]! };
    });
  }

  /** The same models with other weights. */
  withWeights(weights: readonly number[]): LinearMixture {
    return new LinearMixture(this.models, { weights });
  }
}

/** Options of {@link tuneMixture}. */
export interface TuneMixtureOptions {
  /** Rounds at most (default 100). */
  readonly rounds?: number;
  /** Rounds end when the mean logarithm of a word's probability, in nats, rises by less (default 1e-6). */
  readonly tolerance?: number;
}

/**
 * The mixture with the weights under which a text, which no model has seen, is most likely. Expectation and maximization; the text is scored
 * once.
 *
 * @param sentences words of each sentence
 * @throws {RangeError} if there is no sentence
 * @see Jelinek and Mercer 1980
 */
export function tuneMixture(
  mixture: LinearMixture,
  sentences: Iterable<Iterable<string>>,
  { rounds = 100, tolerance = 1e-6 }: TuneMixtureOptions = {},
): LinearMixture {
  const count = mixture.models.length;
  /** By word, then by model. */
  const probabilities: number[] = [];
  for (const sentence of sentences) {
    let state = mixture.sentenceStart;
    for (const word of [...mixture.vocabulary.encode(sentence), SENTENCE_END]) {
      const scores = mixture.scoreEach(state, word);
      for (const { log10Probability } of scores) probabilities.push(10 ** log10Probability);
      state = scores.map(({ state: next }) => next);
    }
  }
  if (probabilities.length === 0)
    throw new RangeError('tuneMixture: sentences must hold at least one, got none.');
  let weights = [...mixture.weights];
  let before = Number.NEGATIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const shares = new Array<number>(count).fill(0);
    let sum = 0;
    let words = 0;
    for (let at = 0; at < probabilities.length; at += count) {
      let total = 0;
      for (let index = 0; index < count; index++) total += weights[index]! * probabilities[at + index]!;
      if (total === 0) continue; // no weights can help
      words++;
      sum += Math.log(total);
      for (let index = 0; index < count; index++)
        shares[index]! += (weights[index]! * probabilities[at + index]!) / total;
    }
    if (words === 0) return mixture;
    weights = shares.map((share) => share / words);
    if (sum / words - before < tolerance) break;
    before = sum / words;
  }
  return mixture.withWeights(weights);
}
