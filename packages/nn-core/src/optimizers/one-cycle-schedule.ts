import type { Schedule } from './cosine-schedule.ts';
import { requireRates, requireSteps } from './require-schedule-options.ts';

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
  /** Whether it first falls back to where it rose from, in as many steps, and only then to the end; default false. */
  readonly threePhases?: boolean;
  /** Between two rates: half a cosine (default) or a straight line. */
  readonly shape?: 'cosine' | 'linear';
}

/**
 * Up to the peak and far down, in two phases or three: PyTorch's `OneCycleLR`, for the learning rate. After the last step it
 * stays where it is.
 *
 * @throws {RangeError} unless riseFraction is between 0 and 1, or with three phases at most 0.5
 * @see Smith & Topin 2018, "Super-convergence"
 */
export function oneCycleSchedule(options: OneCycleScheduleOptions): Schedule {
  const { peak, steps, riseFraction = 0.3, startDivisor = 25, endDivisor = 1e4 } = options;
  const { threePhases = false, shape = 'cosine' } = options;
  requireRates('oneCycleSchedule', { peak, startDivisor, endDivisor });
  requireSteps('oneCycleSchedule', { steps });
  if (!(riseFraction > 0 && riseFraction < 1)) {
    throw new RangeError(`oneCycleSchedule: riseFraction must be between 0 and 1, got ${riseFraction}.`);
  }
  if (threePhases && riseFraction > 0.5) {
    throw new RangeError(
      `oneCycleSchedule: riseFraction must be at most 0.5 with threePhases, got ${riseFraction}.`,
    );
  }
  const start = peak / startDivisor;
  const end = start / endDivisor;
  const top = riseFraction * steps - 1;
  const last = steps - 1;
  const points = [
    { step: 0, rate: start },
    { step: top, rate: peak },
    ...(threePhases ? [{ step: 2 * top, rate: start }] : []),
    { step: last, rate: end },
  ];
  return (step) => {
    const next = Math.max(
      1,
      points.findIndex((point) => step <= point.step),
    );
    const [from, to] = step > last ? [points.at(-1)!, points.at(-1)!] : [points[next - 1]!, points[next]!];
    const length = to.step - from.step;
    const progress = length > 0 ? Math.min(1, (step - from.step) / length) : 1;
    return between(
      from.rate,
      to.rate,
      shape === 'cosine' ? (1 - Math.cos(Math.PI * progress)) / 2 : progress,
    );
  };
}

function between(from: number, to: number, progress: number): number {
  return from + (to - from) * progress;
}
