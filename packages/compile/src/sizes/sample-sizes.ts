import { gridOf, type SizePair, type Sizes } from './size-polynomial.ts';

/** The sizes that a named dimension may have. */
export interface DimensionRange {
  /** Default 1, at which it is checked that results have the shapes they should: a program may squeeze an axis of size 1 away. */
  readonly min?: number;
  /** Needed where constants of the program depend on the size, such as position numbers: they are kept for this size. Default none. */
  readonly max?: number;
}

/** The sizes at which a program is looked at. */
export interface SampleSizes {
  readonly pairs: readonly SizePair[];
  /** The grid of the pairs, then one point off it, at which what was concluded from the grid must hold too. */
  readonly samples: readonly Sizes[];
  /** The ends of the ranges that are not among the samples, and at which results must have the right shapes. */
  readonly ends: readonly Sizes[];
  /** The names that have a largest size. */
  readonly bounded: ReadonlySet<string>;
  /** Those at their largest; undefined if there are none. */
  readonly largest: Sizes | undefined;
}

/** Unlikely to be sizes of a model. */
const PRIMES = [5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43];

/**
 * Three sizes of each name: the smallest, one between and one less than the largest, or small primes where there is no largest. The
 * largest itself is often another size of the model too, such as that of a table of positions, and a program may then do less.
 *
 * @param caller for messages
 * @throws {RangeError} if there are more than four names, or a range has too few sizes
 */
export function sampleSizes(
  caller: string,
  names: readonly string[],
  ranges: Readonly<Record<string, DimensionRange>>,
): SampleSizes {
  if (names.length > PRIMES.length / 3) {
    throw new RangeError(
      `${caller}: inputs must have at most ${PRIMES.length / 3} named dimensions, got ${names.join(', ')}.`,
    );
  }
  const check: Record<string, number> = {};
  const pairs = names.map((name, index) => {
    const { min = 1, max } = ranges[name] ?? {};
    const smallest = Math.max(2, min);
    if (
      !Number.isInteger(min) ||
      min < 0 ||
      (max !== undefined && !(Number.isInteger(max) && max >= smallest + 3))
    ) {
      throw new RangeError(
        `${caller}: dimensions.${name} must be integers with max at least ${smallest + 3}, got min ${min} and max ${max}.`,
      );
    }
    if (max === undefined) {
      const [low, high, other] = PRIMES.slice(3 * index, 3 * index + 3).map((prime) => prime + smallest - 2);
      check[name] = other!;
      return { name, low: low!, high: high! };
    }
    check[name] = smallest;
    return { name, low: Math.floor((smallest + max) / 2), high: max - 1 };
  });
  const samples = [...gridOf(pairs), ...(names.length > 0 ? [check] : [])];
  const bounded = names.flatMap((name) => {
    const max = ranges[name]?.max;
    return max === undefined ? [] : [[name, max] as const];
  });
  const largest = bounded.length > 0 ? { ...check, ...Object.fromEntries(bounded) } : undefined;
  const ends = names.flatMap((name) => {
    const { min = 1 } = ranges[name] ?? {};
    return min < 2 ? [{ ...check, [name]: min }] : [];
  });
  return {
    pairs,
    samples,
    ends: largest ? [...ends, largest] : ends,
    bounded: new Set(bounded.map(([name]) => name)),
    largest,
  };
}
