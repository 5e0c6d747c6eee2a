import * as tf from '@tensorflow/tfjs-core';
import { requireSizes } from '../module/require-sizes.ts';
import type { CheckReport } from './check-report.ts';

/** Options of {@link leakCheck}. */
export interface LeakCheckOptions {
  /** Runs that are not counted, for what is made once and kept; default 1. */
  readonly warmup?: number;
  /** Runs that are; default 3. */
  readonly runs?: number;
}

/** What {@link leakCheck} found. */
export interface LeakReport extends CheckReport {
  /** Tensors that each run left behind, on average. */
  readonly tensorsPerRun: number;
  /** Bytes that each run left behind, on average. */
  readonly bytesPerRun: number;
}

/**
 * Whether a task leaves tensors behind on the active tfjs backend. Tensors that it returns, alone or in arrays and
 * records, are its caller's, and disposed of here.
 *
 * @param task a tensor function, a training run, anything that uses tfjs
 * @example await leakCheck(() => layer.forward(x));
 * @example
 * await leakCheck(async () => {
 *   for await (const event of train(makeModel(), data, { steps: 5 })) void event;
 * });
 */
export async function leakCheck(
  task: () => unknown,
  { warmup = 1, runs = 3 }: LeakCheckOptions = {},
): Promise<LeakReport> {
  requireSizes('leakCheck', { runs });
  const run = async (): Promise<void> => {
    disposeTensors(await task());
  };
  for (let count = 0; count < warmup; count++) await run();
  const before = tf.memory();
  for (let count = 0; count < runs; count++) await run();
  const after = tf.memory();
  const tensorsPerRun = (after.numTensors - before.numTensors) / runs;
  const bytesPerRun = (after.numBytes - before.numBytes) / runs;
  const passed = tensorsPerRun <= 0 && bytesPerRun <= 0;
  return {
    passed,
    tensorsPerRun,
    bytesPerRun,
    summary: passed
      ? `leakCheck: no tensor is left after ${runs} runs.`
      : `leakCheck: each of ${runs} runs leaves ${tensorsPerRun} tensors and ${bytesPerRun} bytes behind. Wrap the work in tf.tidy, or dispose of what it makes.`,
  };
}

/** Disposes of a tensor, or of those in an array or a plain record: not of those that objects of a class own. */
function disposeTensors(value: unknown): void {
  if (value instanceof tf.Tensor) value.dispose();
  else if (Array.isArray(value)) value.forEach(disposeTensors);
  else if (value && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    Object.values(value).forEach(disposeTensors);
  }
}
