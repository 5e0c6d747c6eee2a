/** A derivative by finite differences. */
export interface NumericDerivative {
  readonly value: number;
  /** By how much estimates from different steps, and from different sides, disagree; large beside a kink or a jump. */
  readonly error: number;
}

/** Options of {@link numericDerivative}. */
export interface NumericDerivativeOptions {
  /** What counts as a large argument: the first step is 10⁻³ of it; default 1. */
  readonly scale?: number;
  /** An error that is small enough to stop; default 10⁻⁶ of the derivative. */
  readonly enough?: number;
}

/**
 * The derivative of `f` at 0 by central differences with steps h and h/2, extrapolated to step 0 (Richardson), so that
 * the error falls with h⁴. Smaller and smaller h are tried until the two agree; in double precision they agree to
 * about 10⁻¹⁰ of the value of a smooth function.
 *
 * @param f computed in double precision
 * @example numericDerivative((step) => Math.exp(1 + step)).value; // e, to ten digits or so
 */
export function numericDerivative(
  f: (step: number) => number,
  { scale = 1, enough = 0 }: NumericDerivativeOptions = {},
): NumericDerivative {
  const middle = f(0);
  /** Slopes to either side: they differ by h f″ where f is smooth, and by as much for every h at a kink. */
  const sides = (step: number): { slope: number; gap: number } => {
    const [right, left] = [(f(step) - middle) / step, (middle - f(-step)) / step];
    return { slope: (left + right) / 2, gap: right - left };
  };
  let best: NumericDerivative = { value: Number.NaN, error: Number.POSITIVE_INFINITY };
  for (let step = 1e-3 * scale; step > 1e-7 * scale; step /= 16) {
    const [coarse, fine] = [sides(step), sides(step / 2)];
    const change = (fine.slope - coarse.slope) / 3;
    const error = Math.max(Math.abs(change), Math.abs(2 * fine.gap - coarse.gap));
    if (error < best.error) best = { value: fine.slope + change, error };
    if (error <= Math.max(enough, 1e-6 * Math.abs(fine.slope))) break;
  }
  return best;
}
