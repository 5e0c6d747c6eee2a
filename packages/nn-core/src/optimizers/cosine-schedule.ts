/** The learning rate of a step; steps count from 0. */
export type Schedule = (step: number) => number;

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  /** The highest learning rate, reached after the warm-up. */
  readonly peak: number;
  /** The learning rate at `decaySteps` and after; default a tenth of the peak. */
  readonly floor?: number;
  /** Steps of linear warm-up; default 0. */
  readonly warmupSteps?: number;
  /** The step at which the floor is reached, warm-up included. */
  readonly decaySteps: number;
}

/**
 * Linear warm-up, then half a cosine down to a floor: nanoGPT's `get_lr`.
 *
 * @throws {RangeError} unless 0 ≤ floor ≤ peak and 0 ≤ warmupSteps < decaySteps
 * @see Loshchilov & Hutter 2017, "SGDR", equation 5; karpathy/nanoGPT, train.py
 * @example
 * const schedule = cosineSchedule({ peak: 1e-3, warmupSteps: 100, decaySteps: 2000 });
 * schedule(0); // 1e-3 / 101
 * schedule(2000); // 1e-4
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const { peak, floor = peak / 10, warmupSteps = 0, decaySteps } = options;
  if (!(peak >= 0)) throw new RangeError(`cosineSchedule: peak must not be negative, got ${peak}.`);
  if (!(floor >= 0 && floor <= peak)) {
    throw new RangeError(`cosineSchedule: floor must be from 0 to peak (${peak}), got ${floor}.`);
  }
  if (!(warmupSteps >= 0 && warmupSteps < decaySteps)) {
    throw new RangeError(
      `cosineSchedule: warmupSteps must be from 0 to below decaySteps (${decaySteps}), got ${warmupSteps}.`,
    );
  }
  return (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / (warmupSteps + 1);
    if (step >= decaySteps) return floor;
    const progress = (step - warmupSteps) / (decaySteps - warmupSteps);
    return floor + 0.5 * (1 + Math.cos(Math.PI * progress)) * (peak - floor);
  };
}
