import type { Schedule } from './cosine-schedule.ts';

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
  /** The last steps, over which the learning rate falls in a straight line. */
  readonly decaySteps: number;
}

/**
 * Constant, then a short straight decay; with {@link withWarmup}, warm-up–stable–decay. A run may be prolonged from any
 * point before the decay.
 *
 * @see Hu et al. 2024, "MiniCPM", §4.2
 */
export function stableDecaySchedule(options: StableDecayScheduleOptions): Schedule {
  const { peak, floor = 0, steps, decaySteps } = options;
  requireRates('stableDecaySchedule', { peak, floor });
  requireSteps('stableDecaySchedule', { steps, decaySteps });
  if (decaySteps > steps) {
    throw new RangeError(
      `stableDecaySchedule: decaySteps must be at most steps (${steps}), got ${decaySteps}.`,
    );
  }
  const decay = linearSchedule({ start: peak, end: floor, steps: decaySteps });
  return (step) => decay(Math.max(0, step - (steps - decaySteps)));
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

/** Options of {@link oneCycleSchedule}; the defaults are PyTorch's. */
export interface OneCycleScheduleOptions {
  readonly peak: number;
  readonly steps: number;
  /** Share of the steps in which the learning rate rises; default 0.3. */
  readonly riseFraction?: number;
  /** The first learning rate is peak / startDivisor; default 25. */
  readonly startDivisor?: number;
  /** The last learning rate is the first / endDivisor; default 10 000. */
  readonly endDivisor?: number;
}

/**
 * Half a cosine up to the peak and half a cosine far down: PyTorch's `OneCycleLR`, for the learning rate.
 *
 * @see Smith & Topin 2018, "Super-convergence"
 */
export function oneCycleSchedule(options: OneCycleScheduleOptions): Schedule {
  const { peak, steps, riseFraction = 0.3, startDivisor = 25, endDivisor = 1e4 } = options;
  requireRates('oneCycleSchedule', { peak, startDivisor, endDivisor });
  requireSteps('oneCycleSchedule', { steps });
  if (!(riseFraction > 0 && riseFraction < 1)) {
    throw new RangeError(`oneCycleSchedule: riseFraction must be between 0 and 1, got ${riseFraction}.`);
  }
  const start = peak / startDivisor;
  const end = start / endDivisor;
  const top = riseFraction * steps - 1;
  const last = steps - 1;
  const between = (from: number, to: number, progress: number): number =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * progress));
  return (step) =>
    step <= top
      ? between(start, peak, step / top)
      : between(peak, end, Math.min(1, (step - top) / (last - top)));
}

function requireRates(owner: string, rates: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(rates)) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`${owner}: ${name} must not be negative, got ${value}.`);
    }
  }
}

function requireSteps(owner: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${owner}: ${name} must be a positive integer, got ${value}.`);
    }
  }
}
