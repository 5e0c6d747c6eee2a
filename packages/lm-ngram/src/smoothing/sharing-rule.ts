import { adjustedCounts } from './adjusted-counts.ts';
import { type ContextTotals, countsOfCounts, forEachContext } from './context-totals.ts';
import type { CountsOfCounts, DiscountFallback } from './discounts.ts';
import { interpolate, type SmoothedCounts, type SmoothingInput } from './smoothing.ts';

/** How what was seen after a context shares its distribution with the shorter context. */
export interface SharingRule {
  /** The part that a word's own count gives it, 0 to 1. */
  share(count: number, totals: ContextTotals): number;
  /** The weight of the shorter context, 0 to 1. */
  lowerWeight(totals: ContextTotals): number;
}

/**
 * A method that looks at one context at a time: p(w | h) = share(h w) + weight(h) · p(w | h'). What is needed of all n-grams is how many have
 * the counts 1 to 4, so that such a method can be applied to a stream of n-grams.
 */
export interface SharingPlan {
  /** All that it was made with, as JSON. */
  readonly settings: unknown;
  /** What is shared: how often n-grams occur, or, below the highest order, in how many contexts. */
  readonly counts: 'occurrences' | 'contexts';
  /** A back-off weight of all contexts, in place of the rules' weights, for scores that take nothing from shorter contexts. */
  readonly fixedBackoff?: number;
  /** @param n counts of counts by order, unigrams first */
  rules(n: readonly CountsOfCounts[]): {
    /** By order, unigrams first. */
    readonly rules: readonly SharingRule[];
    readonly fallbacks: readonly DiscountFallback[];
  };
}

/** Up to which count {@link SharingPlan.rules} is told how many n-grams have it. */
export const LARGEST_COUNT_OF_COUNTS = 4;

/** Applies a plan to counts in memory. */
export function estimateByPlan(input: SmoothingInput, plan: SharingPlan): SmoothedCounts {
  const { trie } = input;
  const counts = plan.counts === 'contexts' ? adjustedCounts(input) : input.counts;
  const n = Array.from({ length: trie.order }, (_, index) =>
    countsOfCounts(input, counts, index + 1, LARGEST_COUNT_OF_COUNTS),
  );
  const { rules, fallbacks } = plan.rules(n);
  const shares = new Float64Array(trie.nodeCount);
  const lowerWeights = new Float64Array(trie.contextCount);
  let order = 1;
  forEachContext(input, counts, (context, totals, start, end) => {
    while (start >= trie.levelEnd(order)) order++;
    const rule = rules[order - 1]!;
    if (plan.fixedBackoff === undefined) lowerWeights[context] = rule.lowerWeight(totals);
    for (let node = start; node < end; node++) shares[node] = rule.share(counts[node]!, totals);
  });
  const smoothed = interpolate(input, { shares, lowerWeights });
  if (plan.fixedBackoff !== undefined) smoothed.backoffs.fill(plan.fixedBackoff);
  return { ...smoothed, fallbacks };
}
