import { discounting } from './discounting.ts';
import type { SmoothingMethod } from './smoothing.ts';

/** Options of {@link absoluteDiscounting}. */
export interface AbsoluteDiscountingOptions {
  /** What is taken off every count, more than 0 and at most 1 (default: n_1 / (n_1 + 2 n_2) by order). */
  readonly discount?: number;
  /** Whether seen n-grams, too, take a share of the shorter context's probability (default true). */
  readonly interpolated?: boolean;
}

/**
 * Absolute discounting: every count gives the same amount to the shorter contexts. As Kneser-Ney, but shorter n-grams count as often as
 * they occur.
 *
 * @throws {RangeError} if the discount is out of range
 * @see Ney, Essen and Kneser 1994
 */
export function absoluteDiscounting({
  discount,
  interpolated = true,
}: AbsoluteDiscountingOptions = {}): SmoothingMethod {
  if (discount !== undefined && !(discount > 0 && discount <= 1)) {
    throw new RangeError(`absoluteDiscounting: discount must be more than 0 and at most 1, got ${discount}.`);
  }
  return discounting('absolute discounting', {
    settings: { discount },
    counts: 'occurrences',
    modified: false,
    interpolated,
    discounts: () => (discount === undefined ? undefined : [discount, discount, discount]),
    fallbackDiscounts: [0.5, 0.5, 0.5],
  });
}
