import type { Schedule } from './cosine-schedule.ts';
import { requireRates, requireSteps } from './require-schedule-options.ts';

/** Options of {@link polynomialSchedule}. */
export interface PolynomialScheduleOptions {
  /** At step 0. */
  readonly start: number;
  /** At `steps` and after; default 0. */
  readonly end?: number;
  readonly steps: number;
  /** Of what is left of the steps; default 1, a straight line. */
  readonly power?: number;
}

/** end + (start − end) (1 − step / steps)ᵖ: PyTorch's `PolynomialLR`, with an end. */
export function polynomialSchedule({
  start,
  end = 0,
  steps,
  power = 1,
}: PolynomialScheduleOptions): Schedule {
  requireRates('polynomialSchedule', { start, end, power });
  requireSteps('polynomialSchedule', { steps });
  return (step) => end + (start - end) * (1 - Math.min(1, step / steps)) ** power;
}

/** Options of {@link exponentialSchedule}. */
export interface ExponentialScheduleOptions {
  /** At step 0. */
  readonly start: number;
  /** From one step to the next. */
  readonly factor: number;
}

/** Multiplied by the same factor at every step: PyTorch's `ExponentialLR`. */
export function exponentialSchedule({ start, factor }: ExponentialScheduleOptions): Schedule {
  requireRates('exponentialSchedule', { start, factor });
  return (step) => start * factor ** step;
}

/** Options of {@link stepSchedule}. */
export interface StepScheduleOptions {
  /** At step 0. */
  readonly start: number;
  /** Steps from one fall to the next. */
  readonly interval: number;
  /** Of each fall; default 0.1. */
  readonly factor?: number;
}

/** Multiplied by a factor every `interval` steps: PyTorch's `StepLR`. */
export function stepSchedule({ start, interval, factor = 0.1 }: StepScheduleOptions): Schedule {
  requireRates('stepSchedule', { start, factor });
  requireSteps('stepSchedule', { interval });
  return (step) => start * factor ** Math.floor(step / interval);
}

/** Options of {@link multiStepSchedule}. */
export interface MultiStepScheduleOptions {
  /** At step 0. */
  readonly start: number;
  /** The steps at which it falls, in any order; twice the same falls twice. */
  readonly milestones: readonly number[];
  /** Of each fall; default 0.1. */
  readonly factor?: number;
}

/** Multiplied by a factor at each milestone: PyTorch's `MultiStepLR`. */
export function multiStepSchedule({ start, milestones, factor = 0.1 }: MultiStepScheduleOptions): Schedule {
  requireRates('multiStepSchedule', { start, factor });
  const wrong = milestones.find((milestone) => !(Number.isSafeInteger(milestone) && milestone >= 0));
  if (wrong !== undefined) {
    throw new RangeError(`multiStepSchedule: milestones must be non-negative integers, got ${wrong}.`);
  }
  return (step) => start * factor ** milestones.filter((milestone) => milestone <= step).length;
}
