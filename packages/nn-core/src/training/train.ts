import {
  compileTrainStep,
  eagerTrainStep,
  type LossFunction,
  type Runtime,
  type TrainStep,
} from '@wordloom/compile';
import type { BatchSource } from '../data/batch.ts';
import type { Parameter } from '../module/parameter.ts';
import { parameterData } from '../module/parameter-data.ts';
import { bindParameters } from '../module/stored-tensor.ts';
import { AdamW } from '../optimizers/adamw.ts';
import type { Schedule } from '../optimizers/cosine-schedule.ts';
import { clipScale, globalNorm } from '../optimizers/global-norm.ts';
import { decaysMatrices, type Optimizer } from '../optimizers/optimizer.ts';
import { yieldToEventLoop } from './event-loop.ts';
import type { TrainEvent } from './train-event.ts';
import type { TrainableModel } from './trainable-model.ts';

/** Options of {@link train}. */
export interface TrainOptions {
  /** Steps to have taken at the end, those of `optimizer.stepCount` included. */
  readonly steps: number;
  /** Default: {@link AdamW} with its defaults, decaying matrices only. To save and resume, make it yourself. */
  readonly optimizer?: Optimizer;
  /** Learning rate by step; default the optimizer's. */
  readonly schedule?: Schedule;
  /** Largest global norm of the gradients; default 1; Infinity does not clip. */
  readonly clipNorm?: number;
  /** Which random numbers dropout draws; default 0. */
  readonly seed?: number;
  /** Where it runs; default eagerly on the active tfjs backend, which is slow. */
  readonly runtime?: Runtime;
  /** Called every `interval` steps and after the last. See {@link createEvaluator}. */
  readonly evaluation?: { readonly interval: number; readonly loss: () => Promise<number> };
  /** Stops between steps; the model and the optimizer are then as after the last `step-end`. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a model in place and reports as it goes. It starts at step `optimizer.stepCount`, and batches, dropout and
 * learning rate are functions of the step, so a run that loads the weights and the optimizer's state goes on exactly
 * as if it had never stopped.
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
  requireOptions(options);
  const { steps, clipNorm = 1, seed = 0, runtime, evaluation, signal } = options;
  const parameters = model.namedParameters();
  if (!Array.from(parameters.values()).some(({ trainable }) => trainable)) {
    throw new RangeError('train: model must have a trainable parameter, got none.');
  }
  const optimizer: Optimizer = options.optimizer ?? new AdamW(parameters, { decays: decaysMatrices });
  const schedule = options.schedule ?? (() => optimizer.learningRate);
  const over = (): boolean => optimizer.stepCount >= steps || signal?.aborted === true;
  if (!over()) {
    model.train();
    const started = performance.now();
    const trainStep = await prepareStep(model, parameters, data, optimizer.stepCount, runtime);
    try {
      if (runtime) {
        const { nodeCount } = trainStep;
        yield { type: 'compile-end', milliseconds: performance.now() - started, nodeCount };
      }
      let pace: number | undefined; // milliseconds per step, recent steps counting most
      while (!over()) {
        const step = optimizer.stepCount;
        const started = performance.now();
        const loss = await trainStep.run(data.batch(step), { seed, step });
        const gradientNorm = globalNorm(trainStep.gradients);
        if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
          throw notFinite(step, loss, parameters, trainStep.gradients);
        }
        const learningRate = schedule(step);
        optimizer.step(trainStep.gradients, {
          learningRate,
          gradientScale: clipScale(gradientNorm, clipNorm),
        });
        const milliseconds = performance.now() - started;
        pace = pace === undefined ? milliseconds : 0.9 * pace + 0.1 * milliseconds;
        const taken = optimizer.stepCount;
        yield {
          type: 'step-end',
          step: taken,
          loss,
          learningRate,
          gradientNorm,
          tokenCount: data.tokensPerBatch,
          milliseconds,
          millisecondsLeft: pace * (steps - taken),
        };
        if (evaluation && !signal?.aborted && (taken % evaluation.interval === 0 || taken === steps)) {
          const evaluated = await unlessAborted(evaluation.loss, signal);
          if (evaluated !== undefined) yield { type: 'evaluation-end', step: taken, loss: evaluated };
        }
        await yieldToEventLoop();
      }
    } finally {
      await trainStep.release();
    }
  }
  const reason = optimizer.stepCount >= steps ? 'finished' : 'aborted';
  yield { type: 'train-end', step: optimizer.stepCount, reason };
}

async function prepareStep(
  model: TrainableModel,
  parameters: ReadonlyMap<string, Parameter>,
  data: BatchSource,
  step: number,
  runtime: Runtime | undefined,
): Promise<TrainStep> {
  const stored = model.namedTensors(); // buffers are inputs as well, so that the graph reads them where they are
  const loss: LossFunction = (tensors, batch) => bindParameters(stored, tensors, () => model.loss(batch));
  const options = {
    parameters: parameterData(stored),
    batch: data.batch(step),
    trainable: (name: string) => parameters.get(name)?.trainable ?? false,
  };
  return runtime ? compileTrainStep(loss, { ...options, runtime }) : eagerTrainStep(loss, options);
}

/** An evaluation that fails because of the abort is no failure of the training. */
async function unlessAborted(
  loss: () => Promise<number>,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    return await loss();
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

function notFinite(
  step: number,
  loss: number,
  parameters: ReadonlyMap<string, Parameter>,
  gradients: Readonly<Record<string, Float32Array>>,
): RangeError {
  const broken = (values: Float32Array): boolean => values.some((value) => !Number.isFinite(value));
  const weight = Array.from(parameters).find(([, { data }]) => broken(data))?.[0];
  const gradient = Object.entries(gradients).find(([, values]) => broken(values))?.[0];
  const place = weight ? `parameter ${weight}` : gradient ? `the gradient of ${gradient}` : 'the loss';
  return new RangeError(
    `train: loss and gradients must be finite, got loss ${loss} at step ${step} (counted from 0), and NaN or infinity in ${place}. Lower the learning rate, or check the batch.`,
  );
}

function requireOptions({ steps, clipNorm = 1, evaluation }: TrainOptions): void {
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new RangeError(`train: steps must be a non-negative integer, got ${steps}.`);
  }
  if (!(clipNorm > 0)) throw new RangeError(`train: clipNorm must be positive, got ${clipNorm}.`);
  if (evaluation && !(Number.isSafeInteger(evaluation.interval) && evaluation.interval > 0)) {
    throw new RangeError(
      `train: evaluation.interval must be a positive integer, got ${evaluation.interval}.`,
    );
  }
}
