import type { Schedule } from './cosine-schedule.ts';
import { requireRates, requireSteps } from './require-schedule-options.ts';

/** Options of {@link cosineRestartsSchedule}. */
export interface CosineRestartsScheduleOptions {
  /** At the beginning of each cycle. */
  readonly peak: number;
  /** What each cycle falls towards; default 0. */
  readonly floor?: number;
  /** Of the first cycle. */
  readonly cycleSteps: number;
  /** How many times as long each cycle is as the one before, an integer; default 1. */
  readonly growth?: number;
}

/**
 * Half a cosine down, again and again: PyTorch's `CosineAnnealingWarmRestarts`.
 *
 * @throws {RangeError} unless 0 ≤ floor ≤ peak and both counts are positive integers
 * @see Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts"
 */
export function cosineRestartsSchedule(options: CosineRestartsScheduleOptions): Schedule {
  const { peak, floor = 0, cycleSteps, growth = 1 } = options;
  requireRates('cosineRestartsSchedule', { peak, floor });
  requireSteps('cosineRestartsSchedule', { cycleSteps, growth });
  if (floor > peak) {
    throw new RangeError(`cosineRestartsSchedule: floor must be at most the peak (${peak}), got ${floor}.`);
  }
  return (step) => {
    let start = 0;
    let length = cycleSteps;
    if (growth === 1) start = step - (step % cycleSteps);
    else for (; step >= start + length; length *= growth) start += length;
    return floor + ((peak - floor) * (1 + Math.cos((Math.PI * (step - start)) / length))) / 2;
  };
}
