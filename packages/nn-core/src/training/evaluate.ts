import * as tf from '@tensorflow/tfjs-core';
import { type Runtime, toTensors, withRandomness } from '@wordloom/compile';
import type { Batch } from '../data/batch.ts';
import { inEvaluationMode } from '../module/module.ts';
import { compileModel } from './compile-model.ts';
import type { TrainableModel } from './trainable-model.ts';

/** Options of {@link createEvaluator}. */
export interface EvaluatorOptions {
  /** Where it runs; default eagerly on the active tfjs backend. */
  readonly runtime?: Runtime;
  /** How much a batch counts; default the number of its `targets`. */
  readonly tokenCount?: (batch: Batch) => number;
}

/** Options of one evaluation. */
export interface EvaluateOptions {
  /** Stops between batches: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Evaluates a model again and again, compiled once. */
export interface Evaluator {
  /**
   * @returns the mean loss over all batches, weighted by their targets: nats per target token for a language model
   * @throws {RangeError} if there are no batches
   */
  evaluate(batches: Iterable<Batch>, options?: EvaluateOptions): Promise<number>;
  /** Frees what was compiled. */
  release(): Promise<void>;
}

/**
 * Prepares the evaluation of a model in evaluation mode, with the weights it has at each call.
 *
 * @example
 * const evaluator = createEvaluator(model, { runtime });
 * const evaluation = { interval: 250, loss: () => evaluator.evaluate(validation) };
 * for await (const event of train(model, data, { steps: 2000, runtime, evaluation })) report(event);
 */
export function createEvaluator(
  model: TrainableModel,
  { runtime, tokenCount = targetCount }: EvaluatorOptions = {},
): Evaluator {
  const compiled = runtime && compileModel(model, (batch) => ({ loss: model.loss(batch) }), { runtime });
  const lossOf = async (batch: Batch): Promise<number> =>
    compiled ? (await compiled(batch)).loss!.data[0]! : eagerLoss(model, batch);
  return {
    async evaluate(batches, { signal } = {}) {
      let sum = 0;
      let count = 0;
      for (const batch of batches) {
        signal?.throwIfAborted();
        const weight = tokenCount(batch);
        sum += weight * (await lossOf(batch));
        count += weight;
      }
      if (count === 0) throw new RangeError('evaluate: batches must hold at least one target, got none.');
      return sum / count;
    },
    release: async () => compiled?.release(),
  };
}

/**
 * Evaluates a model once: see {@link createEvaluator}.
 *
 * @returns mean nats per target token
 */
export async function evaluate(
  model: TrainableModel,
  batches: Iterable<Batch>,
  { signal, ...options }: EvaluatorOptions & EvaluateOptions = {},
): Promise<number> {
  const evaluator = createEvaluator(model, options);
  try {
    return await evaluator.evaluate(batches, signal && { signal });
  } finally {
    await evaluator.release();
  }
}

async function eagerLoss(model: TrainableModel, batch: Batch): Promise<number> {
  const loss = tf.tidy(() =>
    inEvaluationMode(model, () => withRandomness(undefined, () => model.loss(toTensors(batch)))),
  );
  const [value] = await loss.data();
  loss.dispose();
  return value!;
}

function targetCount({ targets }: Batch): number {
  if (!targets) {
    throw new RangeError(
      'evaluate: batches must have targets, got none. Give tokenCount to weight other batches.',
    );
  }
  return targets.data.length;
}
