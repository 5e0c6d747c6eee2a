import { describeValue } from '../describe-value.ts';
import type { SubwordOptions } from '../fasttext/subwords.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import type { VocabularyOptions } from '../vocabulary/vocabulary.ts';

/** What is learned, and how. The defaults are gensim's, but for those that say otherwise. */
export interface WordTrainingSettings {
  /** Whether a word predicts its neighbors, or they predict it. Default 'skip-gram'. */
  readonly architecture: 'skip-gram' | 'cbow';
  /** Default 'negative-sampling'. */
  readonly loss: 'negative-sampling' | 'hierarchical-softmax';
  /** Numbers in a vector. Default 100. */
  readonly size: number;
  /** Words on each side that are neighbors. Default 5. */
  readonly window: number;
  /** Whether each word draws how much of the window it uses, so that near neighbors count more. Default true. */
  readonly shrinkWindow: boolean;
  /** Words that are more frequent than this share are thinned out; 0 keeps all, 1 or more is a count. Default 0.001. */
  readonly sample: number;
  /** Words drawn as wrong answers for each right one. Default 5. */
  readonly negative: number;
  /** They are drawn by their counts to this power. Default 0.75. */
  readonly exponent: number;
  /** Readings of the corpus. Default 5. */
  readonly epochs: number;
  /** At the start. Default 0.025. */
  readonly learningRate: number;
  /** What it falls to, linearly with the words read. Default 0.0001. */
  readonly minLearningRate: number;
  /** For CBOW, whether neighbors are averaged instead of summed. Default true. */
  readonly cbowMean: boolean;
  /**
   * For CBOW, how far each neighbor moves: `word2vec` as word2vec.c and gensim do, the mean's whole gradient (but a share of the sum's);
   * `exact` by the derivative of the loss, which asks for a learning rate of some 0.075 (İrsoy et al. 2021). Default 'word2vec'.
   */
  readonly cbowGradient: 'word2vec' | 'exact';
  /**
   * Which character n-grams of a word have rows of their own, of which, with the word's own, its vector is the mean: fastText's vectors, which
   * words have that were not seen, too. Default none; fastText's are `{ minn: 3, maxn: 6, bucket: 2_000_000 }`.
   */
  readonly subwords: SubwordOptions | undefined;
  /** Default 0. */
  readonly seed: number;
  /**
   * Whether the result is the same, bit for bit, at every run and for any number of workers. Updates then go in lock step, which takes longer
   * (docs/decisions/word-vectors.md). A single worker repeats itself without. Default false.
   */
  readonly deterministic: boolean;
}

/** How training runs, which changes nothing of what is learned but the luck of workers that do not wait for each other. */
export interface TrainingRun {
  /** Threads, this one alone if 1. Default 1. */
  readonly workers?: number;
  /** Training ends at the next block, with all that it has learned. */
  readonly signal?: AbortSignal;
  /** Called at the end of each epoch, and every `evaluateEvery` words; what it returns is in the event `evaluation-end`. */
  readonly evaluate?: (vectors: WordVectors) => unknown;
  /** Words. Default only at the ends of epochs. */
  readonly evaluateEvery?: number;
  /** Words between two `checkpoint-end` events. Default none. */
  readonly checkpointEvery?: number;
  /** Milliseconds between two `progress-update` events. Default 500. */
  readonly progressInterval?: number;
  /** Words of the corpus that are kept in memory, four bytes each; a longer corpus is read again for each epoch. Default 2²⁸. */
  readonly maxCachedWords?: number;
}

/** Options of `trainWordVectors`. */
export interface TrainWordVectorsOptions
  extends Partial<WordTrainingSettings>,
    VocabularyOptions,
    TrainingRun {}

const DEFAULTS: WordTrainingSettings = {
  architecture: 'skip-gram',
  loss: 'negative-sampling',
  size: 100,
  window: 5,
  shrinkWindow: true,
  sample: 1e-3,
  negative: 5,
  exponent: 0.75,
  epochs: 5,
  learningRate: 0.025,
  minLearningRate: 1e-4,
  cbowMean: true,
  cbowGradient: 'word2vec',
  subwords: undefined,
  seed: 0,
  deterministic: false,
};

/** The settings among options, checked, with those of `base` for what they leave open. */
export function resolveSettings(
  options: Partial<WordTrainingSettings>,
  caller: string,
  base: WordTrainingSettings = DEFAULTS,
): WordTrainingSettings {
  const settings = Object.fromEntries(
    Object.entries(base).map(([name, value]) => [name, options[name as keyof WordTrainingSettings] ?? value]),
  ) as unknown as WordTrainingSettings;
  const check = checkFor(caller);
  check.oneOf('architecture', settings.architecture, ['skip-gram', 'cbow']);
  check.oneOf('loss', settings.loss, ['negative-sampling', 'hierarchical-softmax']);
  check.oneOf('cbowGradient', settings.cbowGradient, ['word2vec', 'exact']);
  for (const name of ['size', 'window', 'epochs'] as const) check.integer(name, settings[name], 1);
  check.integer('negative', settings.negative, 1);
  check.integer('seed', settings.seed, 0);
  check.number('sample', settings.sample, 0);
  check.number('exponent', settings.exponent, Number.NEGATIVE_INFINITY);
  check.number('minLearningRate', settings.minLearningRate, 0);
  check.number('learningRate', settings.learningRate, settings.minLearningRate);
  if (settings.subwords !== undefined) {
    const { minn, maxn, bucket } = settings.subwords;
    check.integer('subwords.minn', minn, 1);
    check.integer('subwords.maxn', maxn, minn);
    check.integer('subwords.bucket', bucket, 1);
  }
  for (const name of ['shrinkWindow', 'cbowMean', 'deterministic'] as const) {
    check.boolean(name, settings[name]);
  }
  return settings;
}

/** Settings as a file has them, of which none may be missing. */
export function requireSettings(
  settings: Partial<WordTrainingSettings> | undefined,
  caller: string,
): WordTrainingSettings {
  for (const name of Object.keys(DEFAULTS)) {
    if (name !== 'subwords' && settings?.[name as keyof WordTrainingSettings] === undefined) {
      throw new TypeError(`${caller}: the settings of the file must have ${name}.`);
    }
  }
  return resolveSettings(settings!, caller);
}

/** Checks what is not learned but decides what and how. */
export function checkRun(options: TrainingRun & VocabularyOptions, caller: string): void {
  const check = checkFor(caller);
  for (const name of [
    'workers',
    'evaluateEvery',
    'checkpointEvery',
    'maxCachedWords',
    'minCount',
    'maxVocabSize',
  ] as const) {
    if (options[name] !== undefined) check.integer(name, options[name], 1);
  }
  if (options.progressInterval !== undefined) check.number('progressInterval', options.progressInterval, 0);
}

/** Checks of options by name. */
export function checkFor(caller: string): OptionChecks {
  const refuse = (name: string, expected: string, value: unknown): never => {
    const Kind = typeof value === 'number' ? RangeError : TypeError;
    throw new Kind(`${caller}: ${name} must be ${expected}, got ${describeValue(value)}.`);
  };
  return {
    oneOf(name, value, allowed) {
      if (!allowed.includes(value as string)) refuse(name, allowed.map(describeValue).join(' or '), value);
    },
    integer(name, value, least) {
      if (!Number.isSafeInteger(value) || (value as number) < least) {
        refuse(name, `an integer of at least ${least}`, value);
      }
    },
    number(name, value, least) {
      if (!Number.isFinite(value) || (value as number) < least) {
        refuse(name, Number.isFinite(least) ? `a number of at least ${least}` : 'a finite number', value);
      }
    },
    boolean(name, value) {
      if (typeof value !== 'boolean') refuse(name, 'true or false', value);
    },
  };
}

export interface OptionChecks {
  oneOf(name: string, value: unknown, allowed: readonly string[]): void;
  integer(name: string, value: unknown, least: number): void;
  number(name: string, value: unknown, least: number): void;
  boolean(name: string, value: unknown): void;
}
