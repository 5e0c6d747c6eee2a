import { compileTrainStep, type Draw, type Explanation, type Runtime } from '@wordloom/compile';
import type { Batch } from '../data/batch.ts';
import { BufferUpdates } from './buffer-updates.ts';
import { trainStepProgram } from './train-step-program.ts';
import type { TrainableModel } from './trainable-model.ts';

/** Options of {@link explainTraining}. */
export interface ExplainTrainingOptions {
  /** Where the step runs; only `nodeRuntime` measures times. */
  readonly runtime: Runtime;
  /** Which random numbers dropout uses; default seed 0, step 0. */
  readonly draw?: Draw;
  /** How many runs to average over; default 5. */
  readonly runs?: number;
}

/**
 * What one training step of a model consists of, what was fused, its memory and where its time goes: forward and backward, without the optimizer.
 * The model stays as it is.
 *
 * @param batch one of those that training would get
 * @example
 * console.log(formatExplanation(await explainTraining(model, data.batch(0), { runtime })));
 */
export async function explainTraining(
  model: TrainableModel,
  batch: Batch,
  { runtime, draw = { seed: 0, step: 0 }, runs = 5 }: ExplainTrainingOptions,
): Promise<Explanation> {
  const { loss, options } = trainStepProgram(model.train(), batch, new BufferUpdates(model));
  const step = await compileTrainStep(loss, { ...options, runtime });
  try {
    return await step.explain({ batch, draw, runs });
  } finally {
    await step.release();
  }
}
