import { describeValue } from '../describe-value.ts';
import { checkThresholds, type TrainNgramModelOptions } from '../estimate-model.ts';
import { kneserNey } from '../smoothing/kneser-ney.ts';
import type { SharingPlan } from '../smoothing/sharing-rule.ts';
import type { RunStorage } from './run-storage.ts';
import type { SortingWorker } from './sort-pool.ts';
import type { StoredNgrams } from './stored-ngrams.ts';

/** Options of {@link trainNgramsOutOfCore}. */
export interface TrainOutOfCoreOptions extends TrainNgramModelOptions {
  /**
   * Bytes of memory that training may take, the run time's own included (default 1 GiB). The words of the vocabulary must fit in a part of it; with
   * less than some 150 MiB, the run time itself takes more.
   */
  readonly memoryLimit?: number;
  /** Where everything goes that memory has no room for (default: memory, which is for tests). */
  readonly storage?: RunStorage;
  /**
   * Whether training that was cut off goes on from what the storage holds (default: whether `storage` is given, and the corpus has an `identity`). A
   * corpus without one is taken on trust.
   */
  readonly resumes?: boolean;
  /** Threads that count and sort (default 0: this one). The result does not depend on it. */
  readonly workers?: number;
  /** Starts one; needed for `workers`. */
  readonly startWorker?: () => SortingWorker;
  /** Stops training; what is in the storage by then is kept. */
  readonly signal?: AbortSignal;
}

/** What {@link trainNgramsOutOfCore} reports. */
export type OutOfCoreEvent =
  | {
      readonly type: 'progress';
      /** The corpus is read, its n-grams counted in stretches, the counts merged, and each order estimated. */
      readonly stage: 'read' | 'count' | 'merge' | 'estimate';
      /** The order that is estimated; 0 in other stages. */
      readonly order: number;
      /** Of the stage (of the order, where it has one), 0 to 1; undefined where nobody knows. */
      readonly fraction: number | undefined;
      /** Words read so far, `<s>` and `</s>` included. */
      readonly tokenCount: number;
    }
  | { readonly type: 'training-end'; readonly reason: 'finished'; readonly ngrams: StoredNgrams }
  | { readonly type: 'training-end'; readonly reason: 'aborted' };

const NAME = 'trainNgramsOutOfCore';
const LARGEST_ORDER = 255;

/** @throws {RangeError} if an option is out of range */
export function checkOptions(options: TrainOutOfCoreOptions): SharingPlan {
  const { order, smoothing = kneserNey(), prune = [0], memoryLimit = 2 ** 30, workers = 0 } = options;
  if (!Number.isInteger(order) || order < 1 || order > LARGEST_ORDER) {
    throw new RangeError(
      `${NAME}: order must be an integer from 1 to ${LARGEST_ORDER}, got ${describeValue(order)}.`,
    );
  }
  checkThresholds(prune, NAME);
  if (!(memoryLimit > 0)) {
    throw new RangeError(`${NAME}: memoryLimit must be more than 0, got ${describeValue(memoryLimit)}.`);
  }
  if (!Number.isInteger(workers) || workers < 0) {
    throw new RangeError(`${NAME}: workers must be an integer of at least 0, got ${describeValue(workers)}.`);
  }
  if (workers > 0 && !options.startWorker) {
    throw new TypeError(`${NAME}: startWorker must be given with workers, got none.`);
  }
  if (!smoothing.plan) {
    throw new RangeError(
      `${NAME}: smoothing must look at one context at a time, got ${smoothing.name} with back-off. Interpolated methods do, or estimate in memory with trainNgramModel.`,
    );
  }
  return smoothing.plan;
}
