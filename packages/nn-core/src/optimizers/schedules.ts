import type { Schedule } from './cosine-schedule.ts';
import { requireRates, requireSteps } from './require-schedule-options.ts';

/** The same learning rate at every step. */
export function constantSchedule(learningRate: number): Schedule {
  requireRates('constantSchedule', { learningRate });
  return () => learningRate;
}

/**
 * Puts a linear warm-up before a schedule: the first `steps` steps rise to the schedule's first learning rate, which then
 * starts at its step 0.
 *
 * @throws {RangeError} unless `steps` is a non-negative integer
 * @example
 * const schedule = withWarmup(constantSchedule(1e-3), { steps: 100 });
 * schedule(0); // 1e-3 / 101
 * schedule(100); // 1e-3
 */
export function withWarmup(schedule: Schedule, { steps }: { readonly steps: number }): Schedule {
  if (!Number.isSafeInteger(steps) || steps < 0) {
    throw new RangeError(`withWarmup: steps must be a non-negative integer, got ${steps}.`);
  }
  return (step) => (step < steps ? (schedule(0) * (step + 1)) / (steps + 1) : schedule(step - steps));
}

/** One part of {@link sequenceSchedule}. */
export interface SchedulePart {
  readonly schedule: Schedule;
  /** How long it lasts. */
  readonly steps: number;
}

/**
 * Schedules one after another, each from its own step 0; the last one goes on: PyTorch's `SequentialLR`.
 *
 * @throws {RangeError} if there are no parts, or a number of steps is no positive integer
 * @example
 * const schedule = sequenceSchedule([
 *   { schedule: linearSchedule({ start: 0, end: 1e-3, steps: 100 }), steps: 100 },
 *   { schedule: cosineSchedule({ peak: 1e-3, decaySteps: 900 }), steps: 900 },
 * ]);
 */
export function sequenceSchedule(parts: readonly SchedulePart[]): Schedule {
  if (parts.length === 0) throw new RangeError('sequenceSchedule: parts must hold a schedule, got none.');
  for (const { steps } of parts) requireSteps('sequenceSchedule', { steps });
  return (step) => {
    let begin = 0;
    for (const { schedule, steps } of parts.slice(0, -1)) {
      if (step < begin + steps) return schedule(step - begin);
      begin += steps;
    }
    return parts.at(-1)!.schedule(step - begin);
  };
}

/** Options of {@link linearSchedule}. */
export interface LinearScheduleOptions {
  /** At step 0. */
  readonly start: number;
  /** At `steps` and after; default 0. */
  readonly end?: number;
  readonly steps: number;
}

/** A straight line from one learning rate to another: with {@link withWarmup}, BERT's schedule. */
export function linearSchedule({ start, end = 0, steps }: LinearScheduleOptions): Schedule {
  requireRates('linearSchedule', { start, end });
  requireSteps('linearSchedule', { steps });
  return (step) => start + (end - start) * Math.min(1, step / steps);
}

/** Options of {@link stableDecaySchedule}. */
export interface StableDecayScheduleOptions {
  /** Until the decay begins. */
  readonly peak: number;
  /** At `steps` and after; default 0. */
  readonly floor?: number;
  /** Of all, the decay included. */
  readonly steps: number;
  /** The last steps, over which the learning rate falls. */
  readonly decaySteps: number;
  /** How it falls: in a straight line (default), half a cosine, or as 1 − √progress. */
  readonly shape?: 'linear' | 'cosine' | 'square-root';
}

/** How much of the way down is left, by progress from 0 to 1. */
const DECAYS: Readonly<Record<'linear' | 'cosine' | 'square-root', (progress: number) => number>> = {
  linear: (progress) => 1 - progress,
  cosine: (progress) => (1 + Math.cos(Math.PI * progress)) / 2,
  'square-root': (progress) => 1 - Math.sqrt(progress),
};

/**
 * Constant, then a short decay; with {@link withWarmup}, warm-up–stable–decay. A run may be prolonged from any point before
 * the decay.
 *
 * @see Hu et al. 2024, "MiniCPM", §4.2; Hägele et al. 2024, "Scaling laws and compute-optimal training beyond fixed training
 * durations", §3 (the shapes)
 */
export function stableDecaySchedule(options: StableDecayScheduleOptions): Schedule {
  const { peak, floor = 0, steps, decaySteps, shape = 'linear' } = options;
  requireRates('stableDecaySchedule', { peak, floor });
  requireSteps('stableDecaySchedule', { steps, decaySteps });
  if (decaySteps > steps) {
    throw new RangeError(
      `stableDecaySchedule: decaySteps must be at most steps (${steps}), got ${decaySteps}.`,
    );
  }
  const decay = DECAYS[shape];
  return (step) => {
    const progress = Math.min(1, Math.max(0, (step - (steps - decaySteps)) / decaySteps));
    return floor + (peak - floor) * decay(progress);
  };
}

/** Options of {@link inverseSquareRootSchedule}. */
export interface InverseSquareRootScheduleOptions {
  /** Highest learning rate, at the end of the warm-up. */
  readonly peak: number;
  readonly warmupSteps: number;
}

/**
 * Linear warm-up, then falling with the root of the step: the first Transformer's schedule, with its peak given instead
 * of derived from the width.
 *
 * @see Vaswani et al. 2017, equation 3
 */
export function inverseSquareRootSchedule(options: InverseSquareRootScheduleOptions): Schedule {
  const { peak, warmupSteps } = options;
  requireRates('inverseSquareRootSchedule', { peak });
  requireSteps('inverseSquareRootSchedule', { warmupSteps });
  // The paper counts steps from 1.
  return (step) => peak * Math.min((step + 1) / warmupSteps, Math.sqrt(warmupSteps / (step + 1)));
}
