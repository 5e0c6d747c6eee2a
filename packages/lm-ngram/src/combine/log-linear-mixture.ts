import { describeValue } from '../describe-value.ts';
import type { LanguageModel, WordScore } from '../language-model.ts';
import type { NgramModel } from '../ngram-model.ts';
import { type NgramVocabulary, SENTENCE_START, UNKNOWN } from '../vocabulary.ts';
import { joinVocabularies, type WordMap } from './word-map.ts';

/** Options of {@link LogLinearMixture}. */
export interface LogLinearMixtureOptions {
  /** One number for each model, of any size and sign (default: equal, and 1 together). */
  readonly weights?: readonly number[];
}

/** What the words after a context weigh together, before they are divided by it. */
export interface Normalizer {
  /** Natural logarithm of Z(h) = Σ_w Π p_i(w | h)^λ_i. */
  readonly logTotal: number;
  /** Of each model, the mean of ln p_i(w | h) under the mixture: the slope of `logTotal` in λ_i. */
  readonly means: readonly number[];
}

/**
 * Several models as one: p(w | h) = Π p_i(w | h)^λ_i / Z(h). Where one model is sure that a word will not come, the others cannot outvote it;
 * mixtures of this kind are often better than linear ones.
 *
 * Z(h) is exact, and kept for each context. It is found without a look at the whole vocabulary: words that no model has after h itself have
 * what they have after the context without its first word, times the back-off weights.
 *
 * The vocabulary is that of all models together; words that a model lacks are as in a `LinearMixture`.
 *
 * @see Klakow 1998, "Log-linear interpolation of language models"; Heafield, Geigle, Massung and Schwartz 2016, for the normalization
 */
export class LogLinearMixture implements LanguageModel<readonly number[]> {
  readonly vocabulary: NgramVocabulary;
  readonly order: number;
  readonly models: readonly NgramModel[];
  readonly weights: readonly number[];
  readonly sentenceStart: readonly number[];
  readonly emptyState: readonly number[];
  readonly #maps: readonly WordMap[];
  /** The mixture's words by the id that a model has. */
  readonly #words: readonly Int32Array[];
  readonly #normalizers = new Map<string, Normalizer>();

  /** @throws {RangeError} if there is no model, the weights are not one number for each, or a model counts negatively that gives something no probability */
  constructor(
    models: readonly NgramModel[],
    { weights = models.map(() => 1 / models.length) }: LogLinearMixtureOptions = {},
  ) {
    if (models.length === 0 || weights.length !== models.length || !weights.every(Number.isFinite)) {
      throw new RangeError(
        `LogLinearMixture: weights must be one number for each of the ${models.length} models, of which there must be one, got ${describeValue(weights.join(' '))}.`,
      );
    }
    const endless = models.findIndex(
      ({ logProbabilities }, index) => weights[index]! < 0 && logProbabilities.includes(-Infinity),
    );
    if (endless >= 0) {
      throw new RangeError(
        `LogLinearMixture: weights must not be negative where a model gives an n-gram the probability 0, got ${weights[endless]} for model ${endless}.`,
      );
    }
    this.models = models;
    this.weights = [...weights];
    const { vocabulary, maps } = joinVocabularies(models);
    this.vocabulary = vocabulary;
    this.#maps = maps;
    this.#words = models.map((model) => vocabulary.encode(model.vocabulary.words));
    this.order = Math.max(...models.map(({ order }) => order));
    this.sentenceStart = models.map(({ sentenceStart }) => sentenceStart);
    this.emptyState = models.map(({ emptyState }) => emptyState);
  }

  score(state: readonly number[], word: number): WordScore<readonly number[]> {
    const scores = this.scoreEach(state, word);
    const sum = scores.reduce((total, { log10Probability }, index) => {
      return total + weigh(this.weights[index]!, log10Probability);
    }, 0);
    return {
      log10Probability: sum - this.normalizer(state).logTotal / Math.LN10,
      order: Math.max(...scores.map(({ order }) => order)),
      state: scores.map(({ state: next }) => next),
    };
  }

  /** What each model says of a word. */
  scoreEach(state: readonly number[], word: number): WordScore<number>[] {
    this.vocabulary.wordOf(word);
    return this.models.map((model, index) => {
      const { ids, logShares } = this.#maps[index]!;
      const id = ids[word]!;
      const score = model.score(state[index]!, id);
      if (id !== UNKNOWN) return score;
      return { ...score, log10Probability: score.log10Probability + logShares[word]! };
    });
  }

  /** The same models with other weights. */
  withWeights(weights: readonly number[]): LogLinearMixture {
    return new LogLinearMixture(this.models, { weights });
  }

  /** What words weigh together after a state. */
  normalizer(state: readonly number[]): Normalizer {
    const key = state.join(' ');
    let normalizer = this.#normalizers.get(key);
    if (!normalizer) {
      normalizer = state.every((node) => node === 0) ? this.#sumWords() : this.#sumAfter(state);
      this.#normalizers.set(key, normalizer);
    }
    return normalizer;
  }

  /** Over all words, after nothing. */
  #sumWords(): Normalizer {
    const sums = new Sums(this.weights);
    for (let word = 0; word < this.vocabulary.size; word++) {
      if (word !== SENTENCE_START) sums.add(this.#logs(this.emptyState, word), 1);
    }
    return sums.normalizer();
  }

  /** From the sums after the next shorter context: words that were seen after this one go from those to these. */
  #sumAfter(state: readonly number[]): Normalizer {
    const levels = state.map((node, index) => this.models[index]!.trie.levelOf(node));
    const longest = Math.max(...levels);
    const isLongest = levels.map((level) => level === longest);
    const shorter = state.map((node, index) =>
      isLongest[index] ? this.models[index]!.trie.suffixOf(node) : node,
    );
    const backoffs = state.map((node, index) =>
      isLongest[index] ? this.models[index]!.logBackoffs[node]! * Math.LN10 : 0,
    );
    const below = this.normalizer(shorter);
    const seen = this.#seenWords(state, isLongest);
    const rest = new Sums(this.weights, below);
    for (const word of seen) rest.add(this.#logs(shorter, word), -1);
    const sums = rest.backedOff(backoffs);
    for (const word of seen) sums.add(this.#logs(state, word), 1);
    // What is left of a difference of nearly equal numbers is rounding: then every word is looked at.
    if (rest.isReliable(below)) return sums.normalizer();
    const all = new Sums(this.weights);
    for (let word = 0; word < this.vocabulary.size; word++) {
      if (word !== SENTENCE_START) all.add(this.#logs(state, word), 1);
    }
    return all.normalizer();
  }

  /** The words that some model has after its longest context. */
  #seenWords(state: readonly number[], isLongest: readonly boolean[]): Set<number> {
    const seen = new Set<number>();
    for (const [index, { trie }] of this.models.entries()) {
      if (!isLongest[index]) continue;
      const context = state[index]!;
      for (let node = trie.firstChildren[context]!; node < trie.firstChildren[context + 1]!; node++) {
        const word = trie.words[node]!;
        if (word === UNKNOWN) for (const lacked of this.#maps[index]!.unknown) seen.add(lacked);
        else seen.add(this.#words[index]![word]!);
      }
    }
    seen.delete(SENTENCE_START);
    return seen;
  }

  /** ln p_i(w | h) of each model. */
  #logs(state: readonly number[], word: number): number[] {
    return this.scoreEach(state, word).map(({ log10Probability }) => log10Probability * Math.LN10);
  }
}

/** Σ Π p_i^λ_i, and Σ Π p_i^λ_i · ln p_i for each model. */
class Sums {
  readonly #weights: readonly number[];
  #total = 0;
  readonly #moments: number[];

  constructor(weights: readonly number[], from?: Normalizer) {
    this.#weights = weights;
    this.#total = from ? Math.exp(from.logTotal) : 0;
    this.#moments = weights.map((_, index) => (from ? this.#total * from.means[index]! : 0));
  }

  add(logs: readonly number[], sign: 1 | -1): void {
    const sum = logs.reduce((total, log, index) => total + weigh(this.#weights[index]!, log), 0);
    const share = sign * Math.exp(sum);
    if (share === 0) return;
    this.#total += share;
    for (let index = 0; index < logs.length; index++) this.#moments[index]! += share * logs[index]!;
  }

  /** Whether more is left than rounding may be off by. */
  isReliable(from: Normalizer): boolean {
    return this.#total > 1e-6 * Math.exp(from.logTotal);
  }

  /** With each word's probabilities multiplied by weights, given as natural logarithms. */
  backedOff(backoffs: readonly number[]): Sums {
    const factor = Math.exp(
      backoffs.reduce((sum, backoff, index) => sum + weigh(this.#weights[index]!, backoff), 0),
    );
    const sums = new Sums(this.#weights);
    if (factor === 0) return sums;
    sums.#total = factor * this.#total;
    for (let index = 0; index < backoffs.length; index++) {
      sums.#moments[index] = factor * (this.#moments[index]! + backoffs[index]! * this.#total);
    }
    return sums;
  }

  normalizer(): Normalizer {
    return {
      logTotal: Math.log(this.#total),
      means: this.#moments.map((moment) => moment / this.#total),
    };
  }
}

/** A weight of 0 takes a model out, even where it says that a word cannot come. */
function weigh(weight: number, log: number): number {
  return weight === 0 ? 0 : weight * log;
}
