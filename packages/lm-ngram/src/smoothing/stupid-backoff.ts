import { estimateByPlan, type SharingPlan } from './sharing-rule.ts';
import type { SmoothingMethod } from './smoothing.ts';

/** Options of {@link stupidBackoff}. */
export interface StupidBackoffOptions {
  /** By what each step to a shorter context is multiplied (default 0.4). */
  readonly factor?: number;
}

/**
 * Stupid back-off: the relative frequency where there is one, otherwise a fixed factor times that after the shorter context. Cheap, good with
 * very much text, and no probabilities: the scores of all words do not add up to 1, so perplexities mean nothing.
 *
 * Departures from the paper: words that do not occur score as if they had been seen half a time, and the factor is due only where the
 * context was seen; it would be the same for all words where it was not.
 *
 * @see Brants et al. 2007, §4
 */
export function stupidBackoff({ factor = 0.4 }: StupidBackoffOptions = {}): SmoothingMethod {
  if (!(factor > 0 && factor <= 1)) {
    throw new RangeError(`stupidBackoff: factor must be more than 0 and at most 1, got ${factor}.`);
  }
  const plan: SharingPlan = {
    settings: { factor },
    counts: 'occurrences',
    fixedBackoff: factor,
    rules: (n) => ({
      rules: n.map((_, index) => ({
        share: (count, { total }) => Math.max(count, index === 0 ? 0.5 : 0) / total,
        lowerWeight: () => 0,
      })),
      fallbacks: [],
    }),
  };
  return { name: 'stupid back-off', plan, estimate: (input) => estimateByPlan(input, plan) };
}
