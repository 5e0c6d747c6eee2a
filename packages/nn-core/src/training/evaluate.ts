import * as tf from '@tensorflow/tfjs-core';
import { type Runtime, toTensors, withRandomness } from '@wordloom/compile';
import { type Batch, countTargets } from '../data/batch.ts';
import { inEvaluationMode } from '../module/module.ts';
import { compileModel } from './compile-model.ts';
import { lossAlone, type TrainableModel } from './trainable-model.ts';

/** Options of {@link createEvaluator}. */
export interface EvaluatorOptions {
  /** Where it runs; default eagerly on the active tfjs backend. */
  readonly runtime?: Runtime;
  /** How much a batch counts; default {@link countTargets}. */
  readonly tokenCount?: (batch: Batch) => number;
}

/** Options of one evaluation. */
export interface EvaluateOptions {
  /** Stops between batches: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What is evaluated: batches at hand, or read one after the other. */
export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/** Evaluates a model again and again, compiled once. */
export interface Evaluator {
  /**
   * @returns the mean loss over all batches, weighted by their targets: nats per target token for a language model
   * @throws {RangeError} if no batch has a target that counts
   */
  evaluate(batches: Batches, options?: EvaluateOptions): Promise<number>;
  /** Frees what was compiled. */
  release(): Promise<void>;
}

/**
 * Prepares the evaluation of a model in evaluation mode, with the weights it has at each call.
 *
 * @example
 * const evaluator = createEvaluator(model, { runtime });
 * const evaluation = { interval: 250, loss: (options) => evaluator.evaluate(validation, options) };
 * for await (const event of train(model, data, { steps: 2000, runtime, evaluation })) report(event);
 */
export function createEvaluator(
  model: TrainableModel,
  { runtime, tokenCount = targetCount }: EvaluatorOptions = {},
): Evaluator {
  const compiled =
    runtime && compileModel(model, (batch) => ({ loss: lossAlone(model.loss(batch)) }), { runtime });
  const lossOf = async (batch: Batch): Promise<number> =>
    compiled ? (await compiled(batch)).loss!.data[0]! : eagerLoss(model, batch);
  return {
    async evaluate(batches, { signal } = {}) {
      let sum = 0;
      let count = 0;
      for await (const batch of batches) {
        signal?.throwIfAborted();
        const weight = tokenCount(batch);
        if (weight === 0) continue; // its mean would be 0 / 0
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
  batches: Batches,
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
    inEvaluationMode(model, () => withRandomness(undefined, () => lossAlone(model.loss(toTensors(batch))))),
  );
  const [value] = await loss.data();
  loss.dispose();
  return value!;
}

function targetCount(batch: Batch): number {
  const count = countTargets(batch);
  if (count === undefined) {
    throw new RangeError(
      'evaluate: batches must have targets, got none. Give tokenCount to weight other batches.',
    );
  }
  return count;
}
