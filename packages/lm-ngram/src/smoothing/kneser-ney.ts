import { discounting } from './discounting.ts';
import type { Discounts } from './discounts.ts';
import type { SmoothingMethod } from './smoothing.ts';

/** Options of {@link kneserNey}. */
export interface KneserNeyOptions {
  /** Whether counts of 1, of 2, and of 3 and more have discounts of their own (default true). */
  readonly modified?: boolean;
  /** Whether seen n-grams, too, take a share of the shorter context's probability (default true); otherwise it is backed off to. */
  readonly interpolated?: boolean;
  /** Discounts by order, unigrams first; undefined: estimated (default all). */
  readonly discounts?: readonly (Discounts | undefined)[];
  /** Discounts of orders whose counts do not yield any, as in small, artificial or character-level corpora (default 0.5, 1, 1.5). */
  readonly fallbackDiscounts?: Discounts;
}

/**
 * Kneser-Ney smoothing; by default modified and interpolated, as KenLM's `lmplz` estimates it.
 *
 * Never fails for want of counts: an order that does not yield discounts takes the fallback, and the model says so.
 *
 * @see Chen and Goodman 1998, §3; Heafield et al. 2013
 */
export function kneserNey({
  modified = true,
  interpolated = true,
  discounts = [],
  fallbackDiscounts = [0.5, 1, 1.5],
}: KneserNeyOptions = {}): SmoothingMethod {
  return discounting(`${modified ? 'modified ' : ''}Kneser-Ney`, {
    settings: { modified, discounts, fallbackDiscounts },
    counts: 'contexts',
    modified,
    interpolated,
    discounts: (order) => discounts[order - 1],
    fallbackDiscounts,
  });
}
