import type { Runtime } from '@wordloom/compile';
import type { Batch } from '../data/batch.ts';
import type { Schedule } from '../optimizers/cosine-schedule.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { AdaptiveSchedule } from './adaptive-schedule.ts';
import type { CheckpointOptions } from './checkpoints.ts';
import { type EvaluationOptions, evaluationSets } from './evaluation-sets.ts';
import type { TrainingProgress } from './training-progress.ts';

/** When training ends before its last step. */
export interface EarlyStoppingOptions {
  /** Evaluations in a row without improvement after which it ends. */
  readonly patience: number;
  /** By how much a loss must be lower than the best to count as improvement; default 0. */
  readonly minimumImprovement?: number;
}

/** Options of {@link train}. */
export interface TrainOptions {
  /** Steps to have taken at the end, those of earlier runs included. */
  readonly steps: number;
  /** Default: {@link AdamW} with its defaults, decaying matrices only. To save and resume, make it yourself. */
  readonly optimizer?: Optimizer;
  /** Learning rate by step; default the adaptive schedule's, else the optimizer's. */
  readonly schedule?: Schedule;
  /**
   * Told the watched loss after every evaluation, and remembered in `progress`. Its own schedule is used unless `schedule`
   * is given, such as `withWarmup(plateau.schedule, { steps: 100 })`.
   */
  readonly adaptiveSchedule?: AdaptiveSchedule;
  /** Largest global norm of the gradients; default 1; Infinity does not clip. */
  readonly clipNorm?: number;
  /** Batches of the source that make up one step, run one after the other; default 1. See {@link microBatches}. */
  readonly accumulation?: number;
  /** How many targets of a batch count, which is what it weighs in a step of several; default {@link countTargets}. */
  readonly targetCount?: (batch: Batch) => number | undefined;
  /** Which random numbers dropout draws; default 0. */
  readonly seed?: number;
  /** Where it runs; default eagerly on the active tfjs backend, which is slow. */
  readonly runtime?: Runtime;
  readonly evaluation?: EvaluationOptions;
  /** Ends training when evaluations no longer improve. */
  readonly earlyStopping?: EarlyStoppingOptions;
  /** Writes checkpoints after evaluations and at the end: see {@link restoreCheckpoint}. */
  readonly checkpoints?: CheckpointOptions;
  /** Steps in a row that may be skipped because loss or gradients are not finite; default 0: the first is an error. */
  readonly maxSkippedSteps?: number;
  /** Kept up to date; with it a run goes on exactly whatever else it uses. */
  readonly progress?: TrainingProgress;
  /** Stops between steps; the model and the optimizer are then as after the last `step-end`. */
  readonly signal?: AbortSignal;
}

/** @throws {RangeError} naming the first option that is out of range */
export function requireTrainOptions(options: TrainOptions): void {
  const { steps, clipNorm = 1, accumulation = 1, maxSkippedSteps = 0 } = options;
  const { evaluation, earlyStopping, adaptiveSchedule, checkpoints } = options;
  requireInteger('steps', steps, 0);
  requireInteger('accumulation', accumulation, 1);
  requireInteger('maxSkippedSteps', maxSkippedSteps, 0);
  if (!(clipNorm > 0)) throw new RangeError(`train: clipNorm must be positive, got ${clipNorm}.`);
  if (evaluation) {
    requireInteger('evaluation.interval', evaluation.interval, 1);
    const names = evaluationSets(evaluation).map(([name]) => name);
    const { watch = names[0] } = evaluation;
    if (watch === undefined || !names.includes(watch)) {
      throw new RangeError(
        `train: evaluation.watch must name a set of evaluation.loss (${names.join(', ') || 'none'}), got ${watch}.`,
      );
    }
  }
  if (earlyStopping) {
    const { patience, minimumImprovement = 0 } = earlyStopping;
    requireInteger('earlyStopping.patience', patience, 1);
    if (!(minimumImprovement >= 0)) {
      throw new RangeError(
        `train: earlyStopping.minimumImprovement must not be negative, got ${minimumImprovement}.`,
      );
    }
    if (!evaluation)
      throw new RangeError('train: earlyStopping must have an evaluation to look at, got none.');
  }
  if (adaptiveSchedule && !evaluation) {
    throw new RangeError('train: adaptiveSchedule must have an evaluation to look at, got none.');
  }
  if (checkpoints) {
    const { keepBest = 1, interval = 1 } = checkpoints;
    requireInteger('checkpoints.keepBest', keepBest, 0);
    requireInteger('checkpoints.interval', interval, 1);
  }
}

function requireInteger(name: string, value: number, least: 0 | 1): void {
  if (!Number.isSafeInteger(value) || value < least) {
    const kind = least === 0 ? 'a non-negative' : 'a positive';
    throw new RangeError(`train: ${name} must be ${kind} integer, got ${value}.`);
  }
}
