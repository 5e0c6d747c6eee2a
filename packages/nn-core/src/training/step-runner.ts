import {
  compileTrainStep,
  describeSpec,
  eagerTrainStep,
  type Runtime,
  type TensorData,
  type TrainStep,
} from '@wordloom/compile';
import type { Batch } from '../data/batch.ts';
import { globalNorm } from '../optimizers/global-norm.ts';
import { GradientAccumulator } from '../optimizers/gradient-accumulator.ts';
import { BufferUpdates } from './buffer-updates.ts';
import { trainStepProgram } from './train-step-program.ts';
import type { TrainableModel } from './trainable-model.ts';

/** Forward and backward over all micro-batches of a step. */
export interface StepResult {
  /** Mean over the targets of all micro-batches. */
  readonly loss: number;
  /** By parameter name, of that mean. Overwritten by the next run. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Means of the scalars beside the loss, taken like the loss's. */
  readonly auxiliary: Readonly<Record<string, number>>;
  /** Targets that count; undefined if batches have none. */
  readonly tokenCount: number | undefined;
}

/** Options of {@link StepRunner}. */
export interface StepRunnerOptions {
  readonly runtime: Runtime | undefined;
  readonly seed: number;
  /** How many targets of a batch count; default {@link countTargets}. */
  readonly targetCount: (batch: Batch) => number | undefined;
}

/** Shapes that stay compiled; each holds gradients as large as the model. */
const MAX_SIGNATURES = 32;

/** Forward and backward passes of a model: one for each shape of batches, and sums over micro-batches. */
export class StepRunner {
  readonly #model: TrainableModel;
  readonly #options: StepRunnerOptions;
  readonly #steps = new Map<string, TrainStep>();
  readonly #accumulator = new GradientAccumulator();
  readonly #buffers: BufferUpdates;

  constructor(model: TrainableModel, options: StepRunnerOptions) {
    this.#model = model;
    this.#options = options;
    this.#buffers = new BufferUpdates(model);
  }

  /**
   * Makes the pass for batches of this shape, unless there is one.
   *
   * @returns the new one
   */
  async prepare(batch: Batch): Promise<TrainStep | undefined> {
    const signature = signatureOf(batch);
    const known = this.#steps.get(signature);
    if (known) {
      this.#steps.delete(signature); // moved to the end: the order of the map is the order of last use
      this.#steps.set(signature, known);
      return undefined;
    }
    const { runtime } = this.#options;
    const { loss, options } = trainStepProgram(this.#model.train(), batch, this.#buffers);
    const step = await (runtime
      ? compileTrainStep(loss, { ...options, runtime })
      : eagerTrainStep(loss, options));
    this.#steps.set(signature, step);
    return step;
  }

  /**
   * Runs the micro-batches of one step. Each weighs as much as it has targets, so that loss and gradients are those of
   * one batch that holds them all; one without any is left out. What they assign to buffers stays, if loss and gradients
   * are finite.
   *
   * @param batches   micro-batches that were prepared
   * @param firstDraw number of the first one's random draws; the others take those that follow
   */
  async run(batches: readonly Batch[], firstDraw: number): Promise<StepResult> {
    await this.#releaseOldest();
    this.#buffers.begin();
    let finite = false;
    try {
      const result = await this.#runAll(batches, firstDraw);
      finite = Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm);
      return result;
    } finally {
      if (!finite) this.#buffers.undo();
    }
  }

  async #runAll(batches: readonly Batch[], firstDraw: number): Promise<StepResult> {
    const counts = batches.map(this.#options.targetCount);
    const known = counts.every((count) => count !== undefined);
    const weights = known ? counts : counts.map(() => 1);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const tokenCount = known ? total : undefined;
    const means: Record<string, number> = {};
    let only: Gradients | undefined; // of a step that is one micro-batch: used where they are
    for (const [index, batch] of batches.entries()) {
      const weight = weights[index]!;
      if (weight === 0) continue;
      const step = this.#steps.get(signatureOf(batch))!;
      const loss = await step.run(batch, { seed: this.#options.seed, step: firstDraw + index });
      for (const [name, value] of Object.entries({
        ...scalarsOf(this.#buffers.take(step.auxiliary)),
        loss,
      })) {
        means[name] = (means[name] ?? 0) + (weight / total) * value;
      }
      if (weight === total) only = step.gradients;
      else this.#accumulator.add(step.gradients, { weight });
    }
    if (total === 0) return { loss: Number.NaN, gradients: {}, gradientNorm: 0, auxiliary: {}, tokenCount };
    const gradients = only ?? this.#accumulator.average();
    const { loss, ...auxiliary } = means;
    return { loss: loss!, gradients, gradientNorm: globalNorm(gradients), auxiliary, tokenCount };
  }

  /** Frees what was compiled. */
  async release(): Promise<void> {
    const steps = [...this.#steps.values()];
    this.#steps.clear();
    await Promise.all(steps.map((step) => step.release()));
  }

  /** Before a run and not after: what was prepared last is what runs now. */
  async #releaseOldest(): Promise<void> {
    for (const [signature, step] of [...this.#steps].slice(0, -MAX_SIGNATURES)) {
      this.#steps.delete(signature);
      await step.release();
    }
  }
}

type Gradients = Readonly<Record<string, Float32Array>>;

/** What can be reported as a number. */
function scalarsOf(tensors: Readonly<Record<string, TensorData>>): Record<string, number> {
  const scalars = Object.entries(tensors).filter(([, { data }]) => data.length === 1);
  return Object.fromEntries(scalars.map(([name, { data }]) => [name, data[0]!]));
}

function signatureOf(batch: Batch): string {
  return Object.entries(batch)
    .map(([name, tensor]) => `${name}:${describeSpec(tensor)}`)
    .join('|');
}
