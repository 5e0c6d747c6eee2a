/** What the nearness of two words counts, in units that are added up without rounding. */
export interface CountScale {
  /** By distance − 1: units. */
  readonly units: Float64Array;
  /** Units that make a count of 1. */
  readonly scale: number;
}

/**
 * Sums of 1/distance depend on the order of their terms when they are rounded. The terms are fractions of one number, the least common multiple of
 * the distances, so sums of whole units are exact, up to 2⁵³ of them, and the same whatever is added first.
 *
 * @param window words; beyond 22 the common multiple is too large, and fractions of 2²⁸ come near
 */
export function countScale(window: number, distanceWeighting: boolean): CountScale {
  if (!distanceWeighting) return { units: new Float64Array(window).fill(1), scale: 1 };
  let scale = 1;
  for (let distance = 2; distance <= window && scale <= LARGEST; distance++) {
    scale *= distance / commonDivisor(scale, distance);
  }
  if (scale > LARGEST) scale = LARGEST;
  return { units: Float64Array.from({ length: window }, (_, at) => Math.round(scale / (at + 1))), scale };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

const LARGEST = 2 ** 28;
