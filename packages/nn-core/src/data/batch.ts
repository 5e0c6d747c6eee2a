import type { TensorData } from '@wordloom/compile';

/** The inputs of one training step, by name. */
export type Batch = Readonly<Record<string, TensorData>>;

/**
 * Training data, one batch a step. `batch` must be a pure function of `step`, with the same shapes at every step:
 * that is what makes a resumed run go on exactly where it stopped.
 */
export interface BatchSource {
  /** Targets in a batch, for tokens-per-second figures. */
  readonly tokensPerBatch: number;
  /** @param step counted from 0 */
  batch(step: number): Batch;
}
