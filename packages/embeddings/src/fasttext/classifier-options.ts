import { describeValue } from '../describe-value.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import type { FastTextLoss } from './fasttext-settings.ts';

/** What a classifier learns, and how. The defaults are fastText's, but for those that say otherwise. */
export interface ClassifierSettings {
  /** Numbers in a vector; fastText's `dim`. Default 100. */
  readonly size: number;
  /** Readings of the examples. Default 5. */
  readonly epochs: number;
  /** At the start; falls linearly to 0. Default 0.1. */
  readonly learningRate: number;
  /** Default 'softmax'; `hs` for many labels, `ova` where a text has any number of them. */
  readonly loss: FastTextLoss;
  /** Labels drawn as wrong answers for each right one, of loss `ns`. Default 5. */
  readonly negative: number;
  /** Words of the longest word n-gram. Default 1. */
  readonly wordNgrams: number;
  /** Characters of the shortest character n-gram. Default 0. */
  readonly minn: number;
  /** Characters of the longest; 0 for none. Default 0. */
  readonly maxn: number;
  /** Rows that n-grams share by their hashes. Default 2 000 000. */
  readonly bucket: number;
  /** Rarer words have no row. Default 1. */
  readonly minCount: number;
  /** Rarer labels are not learned. Default 0. */
  readonly minCountLabel: number;
  /** What labels begin with in lines. Default `__label__`. */
  readonly labelPrefix: string;
  /** Default 0. */
  readonly seed: number;
  /** Whether each epoch has an order of its own; fastText reads the file as it is. Default true. */
  readonly shuffle: boolean;
}

/** How training runs. */
export interface ClassifierRun {
  /**
   * Threads, this one alone if 1: then training repeats itself bit by bit. More update shared numbers without waiting for each other (Hogwild), so
   * that no two runs are alike. Default 1.
   */
  readonly workers?: number;
  /** Training ends at the next block, with all that it has learned. */
  readonly signal?: AbortSignal;
  /** Epochs between two `checkpoint-end` events. Default none. */
  readonly checkpointEvery?: number;
  /** Milliseconds between two `progress-update` events. Default 500. */
  readonly progressInterval?: number;
}

const DEFAULTS: ClassifierSettings = {
  size: 100,
  epochs: 5,
  learningRate: 0.1,
  loss: 'softmax',
  negative: 5,
  wordNgrams: 1,
  minn: 0,
  maxn: 0,
  bucket: 2_000_000,
  minCount: 1,
  minCountLabel: 0,
  labelPrefix: '__label__',
  seed: 0,
  shuffle: true,
};

/** Options of `trainClassifier`. */
export interface TrainClassifierOptions extends Partial<ClassifierSettings>, ClassifierRun {
  /** Vectors that words begin with, of the same size. Their words are known also where no example has them. */
  readonly pretrained?: WordVectors;
}

/** The settings among options, checked. */
export function resolveClassifierSettings(
  options: Partial<ClassifierSettings>,
  caller: string,
): ClassifierSettings {
  const settings = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, value]) => [
      name,
      options[name as keyof ClassifierSettings] ?? value,
    ]),
  ) as unknown as ClassifierSettings;
  const refuse = (name: keyof ClassifierSettings, expected: string): RangeError =>
    new RangeError(`${caller}: ${name} must be ${expected}, got ${describeValue(settings[name])}.`);
  for (const name of ['size', 'epochs', 'negative', 'wordNgrams', 'minCount'] as const) {
    if (!isInteger(settings[name], 1)) throw refuse(name, 'an integer of at least 1');
  }
  for (const name of ['minn', 'maxn', 'bucket', 'minCountLabel', 'seed'] as const) {
    if (!isInteger(settings[name], 0)) throw refuse(name, 'an integer of at least 0');
  }
  if (settings.bucket >= 2 ** 31) throw refuse('bucket', 'below 2 ** 31');
  if (!(settings.learningRate > 0 && Number.isFinite(settings.learningRate))) {
    throw refuse('learningRate', 'a positive number');
  }
  if (!['softmax', 'ns', 'hs', 'ova'].includes(settings.loss)) {
    throw refuse('loss', '"softmax", "ns", "hs" or "ova"');
  }
  if (typeof settings.labelPrefix !== 'string' || settings.labelPrefix === '') {
    throw refuse('labelPrefix', 'a text that is not empty');
  }
  const usesBuckets = settings.maxn > 0 || settings.wordNgrams > 1;
  if (usesBuckets && settings.bucket === 0) throw refuse('bucket', 'positive where there are n-grams');
  return usesBuckets ? settings : { ...settings, bucket: 0 };
}

/** Checks what decides how training runs. */
export function checkClassifierRun(run: ClassifierRun, caller: string): void {
  for (const name of ['workers', 'checkpointEvery'] as const) {
    if (run[name] !== undefined && !isInteger(run[name], 1)) {
      throw new RangeError(
        `${caller}: ${name} must be an integer of at least 1, got ${describeValue(run[name])}.`,
      );
    }
  }
  if (run.progressInterval !== undefined && !(run.progressInterval >= 0)) {
    throw new RangeError(
      `${caller}: progressInterval must be a number of at least 0, got ${describeValue(run.progressInterval)}.`,
    );
  }
}

function isInteger(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
