import type { TensorData } from '@wordloom/compile';

/** The inputs of one training step, by name. */
export type Batch = Readonly<Record<string, TensorData>>;

/**
 * Training data, one batch a step. `batch` must be a pure function of `step`: that is what makes a resumed run go on
 * exactly where it stopped. Each new combination of shapes is compiled once, so batches should have few.
 */
export interface BatchSource {
  /** Targets in a batch, for tokens-per-second figures; default those that {@link countTargets} counts. */
  readonly tokensPerBatch?: number;
  /** @param step counted from 0 */
  batch(step: number): Batch | Promise<Batch>;
}

/** Training data that are at hand: batches of one size, without waiting. */
export interface SynchronousBatchSource extends BatchSource {
  readonly tokensPerBatch: number;
  batch(step: number): Batch;
}

/** The target of a position that does not count, as in PyTorch: give it to `crossEntropy` as `ignoreIndex`. */
export const IGNORED_TARGET = -100;

/**
 * How many targets of a batch count: those of `targets` that are not negative, where they are integers, and all of them
 * where they are not.
 *
 * @returns undefined if the batch has no `targets`
 */
export function countTargets({ targets }: Batch): number | undefined {
  if (!targets) return undefined;
  const { data } = targets;
  if (!(data instanceof Int32Array)) return data.length;
  let count = 0;
  for (const target of data) if (target >= 0) count++;
  return count;
}
