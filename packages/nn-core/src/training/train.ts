import type { BatchSource } from '../data/batch.ts';
import { yieldToEventLoop } from '../event-loop.ts';
import type { TrainEvent } from './train-event.ts';
import { requireTrainOptions, type TrainOptions } from './train-options.ts';
import type { TrainableModel } from './trainable-model.ts';
import { TrainingRun } from './training-run.ts';

/**
 * Trains a model in place and reports as it goes. It starts at step `optimizer.stepCount`, and batches, dropout and
 * learning rate are functions of the step, so a run that loads the weights and the optimizer's state goes on exactly
 * as if it had never stopped. What else a run may remember (skipped steps, evaluations, checkpoints, an adaptive schedule)
 * is in its {@link TrainingProgress}.
 *
 * Training may be stopped after any event: by the signal, by leaving the loop, or by an exception.
 *
 * @returns events, ending with `train-end`
 * @throws {RangeError} if an option is out of range, nothing is trainable, or the loss or a gradient is not finite (naming the
 * parameter; the step is not taken then)
 * @example
 * const optimizer = new AdamW(model.namedParameters(), { learningRate: 1e-3, decays: decaysMatrices });
 * for await (const event of train(model, randomWindows(tokens, { batchSize, contextLength, seed }), { steps: 2000, optimizer, runtime })) {
 *   if (event.type === 'step-end') show(event.step, event.loss);
 * }
 */
export async function* train(
  model: TrainableModel,
  data: BatchSource,
  options: TrainOptions,
): AsyncGenerator<TrainEvent, void, void> {
  requireTrainOptions(options);
  if (!model.parameters().some(({ trainable }) => trainable)) {
    throw new RangeError('train: model must have a trainable parameter, got none.');
  }
  const run = new TrainingRun(model, data, options);
  try {
    while (true) {
      if (!options.signal?.aborted) yield* await run.evaluate();
      const saved = await run.save();
      if (saved) yield saved;
      const reason = run.endReason;
      if (reason) {
        yield { type: 'train-end', step: run.step, reason };
        return;
      }
      const batches = await run.nextBatches();
      if (!batches) continue; // aborted
      for (const batch of batches) {
        const compiled = await run.prepare(batch);
        if (compiled) yield compiled;
      }
      yield await run.takeStep(batches);
      await yieldToEventLoop();
    }
  } finally {
    await run.release();
  }
}
