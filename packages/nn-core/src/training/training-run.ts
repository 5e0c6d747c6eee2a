import { type Batch, type BatchSource, countTargets } from '../data/batch.ts';
import { AdamW } from '../optimizers/adamw.ts';
import { clipScale } from '../optimizers/global-norm.ts';
import { decaysMatrices, type Optimizer } from '../optimizers/optimizer.ts';
import { saveCheckpoint } from './checkpoints.ts';
import { evaluationSets } from './evaluation-sets.ts';
import { notFiniteError, placeOfNotFinite } from './not-finite.ts';
import { Pace } from './pace.ts';
import { StepRunner } from './step-runner.ts';
import type {
  CheckpointSaveEvent,
  CompileEndEvent,
  EvaluationEndEvent,
  StepEndEvent,
  StepSkipEvent,
  TrainEndEvent,
} from './train-event.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainableModel } from './trainable-model.ts';
import { TrainingProgress } from './training-progress.ts';
import { unlessAborted, untilAborted } from './until-aborted.ts';

/** The parts of one call of {@link train}, and what is done with them between two events. */
export class TrainingRun {
  readonly #model: TrainableModel;
  readonly #data: BatchSource;
  readonly #options: TrainOptions;
  readonly #optimizer: Optimizer;
  readonly #progress: TrainingProgress;
  readonly #runner: StepRunner;
  readonly #pace = new Pace();
  /** Milliseconds that the next step's batches took. */
  #waited = 0;
  /** Steps when the last checkpoint was written. */
  #savedAt: number;
  /** Of the watched set, if it was evaluated at this step and is in no checkpoint yet. */
  #unsavedLoss: number | null = null;

  constructor(model: TrainableModel, data: BatchSource, options: TrainOptions) {
    const { runtime, seed = 0, targetCount = countTargets, adaptiveSchedule } = options;
    this.#model = model;
    this.#data = data;
    this.#options = options;
    this.#optimizer = options.optimizer ?? new AdamW(model.namedParameters(), { decays: decaysMatrices });
    this.#progress = options.progress ?? new TrainingProgress();
    this.#runner = new StepRunner(model, { runtime, seed, targetCount });
    this.#savedAt = this.step;
    const { schedule: remembered } = this.#progress.state();
    if (remembered !== null) adaptiveSchedule?.loadState(remembered);
  }

  /** Steps so far, skipped ones included. */
  get step(): number {
    return this.#optimizer.stepCount + this.#progress.state().skippedSteps;
  }

  /** Why the run is over, if it is. */
  get endReason(): TrainEndEvent['reason'] | undefined {
    const { signal, steps, earlyStopping } = this.#options;
    if (this.step >= steps) return 'finished';
    if (signal?.aborted) return 'aborted';
    const stale = this.#progress.state().evaluationsSinceBest;
    return earlyStopping && stale >= earlyStopping.patience ? 'stopped-early' : undefined;
  }

  /**
   * Evaluates if it is time to. The events come when all sets are done: an evaluation that an abort cut off is made again
   * when the run goes on.
   */
  async evaluate(): Promise<readonly EvaluationEndEvent[]> {
    const { evaluation, earlyStopping, adaptiveSchedule, signal } = this.#options;
    if (!evaluation || !this.#progress.state().evaluationDue) return [];
    const { step } = this;
    const started = performance.now();
    const events: EvaluationEndEvent[] = [];
    for (const [set, measure] of evaluationSets(evaluation)) {
      const loss = await unlessAborted(() => measure(signal ? { signal } : {}), signal);
      if (loss === undefined) return [];
      events.push({ type: 'evaluation-end', step, set, loss });
    }
    this.#pace.addEvaluation(performance.now() - started);
    const { loss } = events.find(({ set }) => set === evaluation.watch) ?? events[0]!;
    this.#progress.observe({ step, loss }, earlyStopping?.minimumImprovement);
    adaptiveSchedule?.observe(loss);
    const schedule = adaptiveSchedule?.state() ?? null;
    this.#progress.update({ evaluationDue: false, schedule });
    this.#unsavedLoss = loss;
    return events;
  }

  /** Writes a checkpoint if it is time to: after an evaluation, at its interval, and at the end. */
  async save(): Promise<CheckpointSaveEvent | undefined> {
    const { checkpoints } = this.#options;
    const { step } = this;
    const loss = this.#unsavedLoss;
    const due = this.endReason !== undefined || step % (checkpoints?.interval ?? Infinity) === 0;
    if (!checkpoints || !(loss !== null || (due && step > this.#savedAt))) return undefined;
    const parts = { model: this.#model, optimizer: this.#optimizer, progress: this.#progress };
    const saved = await saveCheckpoint(parts, checkpoints, { step, loss });
    this.#savedAt = step;
    this.#unsavedLoss = null;
    return { type: 'checkpoint-save', step, ...saved };
  }

  /**
   * The batches of the next step.
   *
   * @returns undefined if the run was aborted while it waited for them
   */
  async nextBatches(): Promise<readonly Batch[] | undefined> {
    const { accumulation = 1, signal } = this.#options;
    const started = performance.now();
    const first = this.#batchCount;
    const read = (_: unknown, index: number): Batch | Promise<Batch> => this.#data.batch(first + index);
    const batches = await untilAborted(() => Promise.all(Array.from({ length: accumulation }, read)), signal);
    this.#waited = performance.now() - started;
    return batches;
  }

  /** Makes the pass for batches of this shape, unless there is one. */
  async prepare(batch: Batch): Promise<CompileEndEvent | undefined> {
    const started = performance.now();
    const step = await this.#runner.prepare(batch);
    if (!step || !this.#options.runtime) return undefined;
    return { type: 'compile-end', milliseconds: performance.now() - started, nodeCount: step.nodeCount };
  }

  /** Takes a step on batches that were prepared, or skips it. */
  async takeStep(batches: readonly Batch[]): Promise<StepEndEvent | StepSkipEvent> {
    const started = performance.now();
    const { clipNorm = 1, accumulation = 1, steps } = this.#options;
    const { step } = this;
    const result = await this.#runner.run(batches, this.#batchCount);
    const { loss, gradients, gradientNorm, auxiliary, tokenCount } = result;
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      return this.#skip(placeOfNotFinite(this.#model, gradients, loss), loss);
    }
    const learningRate = this.#learningRate(step);
    const batchCount = this.#batchCount + accumulation;
    await this.#optimizer.step(gradients, { learningRate, gradientScale: clipScale(gradientNorm, clipNorm) });
    this.#progress.update({ batchCount, skippedInARow: 0, evaluationDue: this.#isEvaluationDue(step + 1) });
    const { tokensPerBatch } = this.#data;
    const tokens = tokensPerBatch === undefined ? (tokenCount ?? 0) : tokensPerBatch * accumulation;
    const milliseconds = this.#waited + performance.now() - started;
    this.#pace.add(tokens, milliseconds);
    return {
      type: 'step-end',
      step: step + 1,
      steps,
      loss,
      learningRate,
      gradientNorm,
      tokenCount: tokens,
      tokensPerSecond: this.#pace.tokensPerSecond,
      milliseconds,
      millisecondsLeft: this.#pace.millisecondsFor(steps - step - 1, this.#evaluationsLeft(step + 1)),
      auxiliary,
    };
  }

  /** Frees what was compiled. */
  async release(): Promise<void> {
    await this.#runner.release();
  }

  /** Weights that are not finite cannot be got rid of by waiting; everything else may pass. */
  #skip(place: string, loss: number): StepSkipEvent {
    const { maxSkippedSteps = 0, accumulation = 1 } = this.#options;
    const { skippedSteps, skippedInARow } = this.#progress.state();
    const { step } = this;
    if (skippedInARow >= maxSkippedSteps || place.startsWith('parameter')) {
      throw notFiniteError(step, loss, place, skippedInARow);
    }
    this.#progress.update({
      batchCount: this.#batchCount + accumulation,
      skippedSteps: skippedSteps + 1,
      skippedInARow: skippedInARow + 1,
      evaluationDue: this.#isEvaluationDue(step + 1),
    });
    return { type: 'step-skip', step: step + 1, loss, place };
  }

  /** The next batch of the source. */
  get #batchCount(): number {
    const { accumulation = 1 } = this.#options;
    return this.#progress.state().batchCount ?? this.step * accumulation;
  }

  #learningRate(step: number): number {
    const { schedule, adaptiveSchedule } = this.#options;
    const chosen = schedule ?? adaptiveSchedule?.schedule;
    return chosen ? chosen(step) : this.#optimizer.learningRate;
  }

  /** How many evaluations there will be from the end of a step to the last step. */
  #evaluationsLeft(step: number): number {
    const { evaluation, steps } = this.#options;
    if (!evaluation) return 0;
    return Math.ceil(steps / evaluation.interval) - Math.ceil(step / evaluation.interval);
  }

  #isEvaluationDue(step: number): boolean {
    const { evaluation, steps } = this.#options;
    return evaluation !== undefined && (step % evaluation.interval === 0 || step === steps);
  }
}
