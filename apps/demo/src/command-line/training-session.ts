import { nodeRuntime } from '@wordloom/compile/node';
import { createEvaluator, type SequentialWindows, sequentialWindows, train } from '@wordloom/nn-core';
import type { TrainingSetup } from '../prepare-training.ts';
import { heldOutExcerpt } from '../split-text.ts';
import { Failure } from './failure.ts';
import { ProgressLine } from './progress-line.ts';
import type { Terminal } from './terminal.ts';

export interface TrainingSessionOptions {
  readonly terminal: Terminal;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Steps between two measurements of the held-out loss; 0 for none. */
  readonly evaluationInterval: number;
  /** Called about this often, in milliseconds, between two steps; the model is as after `step`. */
  readonly save?: { readonly interval: number; readonly run: () => Promise<void> };
}

export interface TrainingOutcome {
  readonly finished: boolean;
  /** Steps taken in all. */
  readonly step: number;
  /** Of the training steps and evaluations of this session. */
  readonly milliseconds: number;
}

/** Windows in a batch of evaluation. */
const EVALUATION_BATCH_SIZE = 16;

/** Trains to the last step or until the signal, and shows how it goes. */
export async function runTraining(
  setup: TrainingSetup,
  { terminal, threads, signal, evaluationInterval, save }: TrainingSessionOptions,
): Promise<TrainingOutcome> {
  const { model, data, steps } = setup;
  const runtime = await nodeRuntime({ threads });
  const evaluator = createEvaluator(model, { runtime });
  const excerpt = heldOutExcerpt(setup.heldOut);
  const evaluation =
    evaluationInterval > 0 && excerpt.length > 1
      ? { interval: evaluationInterval, loss: () => evaluator.evaluate(windows(setup, excerpt), { signal }) }
      : undefined;
  const options = { ...setup, runtime, signal, ...(evaluation && { evaluation }) };
  const progress = new ProgressLine(terminal, steps);
  const started = performance.now();
  let savedAt = started;
  try {
    for await (const event of train(model, data, options)) {
      terminal.event(event);
      if (event.type === 'step-end') {
        progress.step(event);
        if (save && event.step < steps && performance.now() - savedAt > save.interval) {
          await save.run();
          savedAt = performance.now();
        }
      } else if (event.type === 'evaluation-end') progress.evaluation(event.loss);
    }
  } catch (error) {
    throw error instanceof RangeError ? new Failure(error.message) : error; // such as a loss that is not finite
  } finally {
    progress.end();
    await evaluator.release();
  }
  const step = setup.optimizer.stepCount;
  return { finished: step >= steps, step, milliseconds: performance.now() - started };
}

/**
 * The model's loss on all held-out tokens.
 *
 * @returns mean nats per token; undefined if the text has no held-out part to speak of
 */
export async function measureHeldOut(setup: TrainingSetup, threads: number): Promise<number | undefined> {
  const { model, heldOut } = setup;
  if (heldOut.length < 2) return undefined;
  const evaluator = createEvaluator(model, { runtime: await nodeRuntime({ threads }) });
  try {
    return await evaluator.evaluate(windows(setup, heldOut));
  } finally {
    await evaluator.release();
  }
}

function windows({ model }: TrainingSetup, tokens: Int32Array): SequentialWindows {
  const { contextLength } = model.config;
  return sequentialWindows(tokens, { batchSize: EVALUATION_BATCH_SIZE, contextLength });
}
