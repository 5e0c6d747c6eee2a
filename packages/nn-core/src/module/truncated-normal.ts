import { fill, type Initializer } from './initializers.ts';

/** Options of {@link truncatedNormalInitializer}; the defaults are PyTorch's. */
export interface TruncatedNormalOptions {
  /** Of the normal before it is cut; default 0. */
  readonly mean?: number;
  /** Of the normal before it is cut; default 1. */
  readonly standardDeviation?: number;
  /** Smallest value, not in units of the deviation; default −2. */
  readonly low?: number;
  /** Largest value; default 2. */
  readonly high?: number;
}

/**
 * Normal draws, drawn again where they fall outside [low, high].
 *
 * @throws {RangeError} unless low < high and the deviation is positive
 */
export function truncatedNormalInitializer({
  mean = 0,
  standardDeviation = 1,
  low = -2,
  high = 2,
}: TruncatedNormalOptions = {}): Initializer {
  if (!(low < high)) {
    throw new RangeError(`truncatedNormalInitializer: low must be below high, got ${low} and ${high}.`);
  }
  if (!(standardDeviation > 0)) {
    throw new RangeError(
      `truncatedNormalInitializer: standardDeviation must be positive, got ${standardDeviation}.`,
    );
  }
  const from = (low - mean) / standardDeviation;
  const to = (high - mean) / standardDeviation;
  return (shape, random) => {
    const draw = from <= 0 && to >= 0 && to - from > 2 ? byNormal : byUniform;
    const uniform = (): number => random.uniform();
    const normal = (): number => random.normal();
    return fill(shape, () => mean + standardDeviation * draw(from, to, { uniform, normal }));
  };
}

interface Draws {
  readonly uniform: () => number;
  readonly normal: () => number;
}

/** For an interval around 0 that holds at least half of the mass or so. */
function byNormal(from: number, to: number, { normal }: Draws): number {
  let value = normal();
  while (value < from || value > to) value = normal();
  return value;
}

/** For a narrow interval, or one in a tail: a uniform draw, kept with probability density / largest density. */
function byUniform(from: number, to: number, { uniform }: Draws): number {
  const peak = Math.min(Math.max(0, from), to);
  // Ten deviations past the peak nothing is left that a draw would ever show.
  const [first, last] = [Math.max(from, peak - 10), Math.min(to, peak + 10)];
  for (;;) {
    const value = first + (last - first) * uniform();
    if (uniform() < Math.exp((peak * peak - value * value) / 2)) return value;
  }
}
