import { countNgrams } from '../count-ngrams.ts';
import { type EstimateModelOptions, estimateModel } from '../estimate-model.ts';
import type { LanguageModel, WordScore } from '../language-model.ts';
import type { NgramModel } from '../ngram-model.ts';
import { type NgramVocabulary, UNKNOWN } from '../vocabulary.ts';
import type { WordClasses } from './word-classes.ts';

/**
 * A model of classes of words: p(w | h) = p(w | c(w)) · p(c(w) | classes of h). It knows little of single words and has seen much of each class, so
 * that it helps most in a mixture with a model of words.
 *
 * @see Brown et al. 1992, "Class-based n-gram models of natural language"
 */
export class ClassModel<State = number> implements LanguageModel<State> {
  readonly classes: WordClasses;
  readonly classModel: LanguageModel<State>;
  readonly #ids: Int32Array;

  /**
   * @param classModel over the names of the classes
   * @throws {RangeError} if it lacks one of them
   */
  constructor(classModel: LanguageModel<State>, classes: WordClasses) {
    const { words } = classes.classes;
    const lacked = words.find((name) => !classModel.vocabulary.has(name));
    if (lacked !== undefined) {
      throw new RangeError(
        `ClassModel: classModel must have all classes, but lacks ${JSON.stringify(lacked)}.`,
      );
    }
    this.classes = classes;
    this.classModel = classModel;
    const ids = classModel.vocabulary.encode(words);
    this.#ids = classes.classOf.map((own) => ids[own]!);
  }

  get vocabulary(): NgramVocabulary {
    return this.classes.vocabulary;
  }

  get order(): number {
    return this.classModel.order;
  }

  get sentenceStart(): State {
    return this.classModel.sentenceStart;
  }

  get emptyState(): State {
    return this.classModel.emptyState;
  }

  score(state: State, word: number): WordScore<State> {
    this.vocabulary.wordOf(word);
    const score = this.classModel.score(state, this.#ids[word]!);
    return {
      log10Probability: score.log10Probability + this.classes.logShares[word]!,
      order: word === UNKNOWN ? 0 : score.order,
      state: score.state,
    };
  }
}

/** Options of {@link trainClassModel}. */
export interface TrainClassModelOptions extends Omit<EstimateModelOptions, 'limitVocabulary'> {
  /** Classes of the longest n-grams, at least 1. */
  readonly order: number;
}

/**
 * Counts the classes of a corpus, and estimates a model of them.
 *
 * @param sentences words of each sentence
 * @throws {RangeError} if there is no word, or an option is out of range
 */
export function trainClassModel(
  sentences: Iterable<Iterable<string>>,
  classes: WordClasses,
  { order, ...options }: TrainClassModelOptions,
): ClassModel {
  const texts = Array.from(sentences, (sentence) => classes.encode(sentence));
  const counts = countNgrams(texts, { order, vocabSize: classes.classes.size });
  const model: NgramModel = estimateModel(counts, classes.classes, options);
  return new ClassModel(model, classes);
}
