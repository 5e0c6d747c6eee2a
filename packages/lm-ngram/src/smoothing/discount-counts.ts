import { countsOfCounts, forEachContext } from './context-totals.ts';
import { type DiscountFallback, type Discounts, modifiedDiscounts, singleDiscount } from './discounts.ts';
import { backOff, interpolate, type SmoothedCounts, type SmoothingInput } from './smoothing.ts';

/** Options of {@link discountCounts}. */
export interface DiscountCountsOptions {
  readonly modified: boolean;
  readonly interpolated: boolean;
  readonly discounts: readonly (Discounts | undefined)[];
  readonly fallbackDiscounts: Discounts;
}

/** Takes a fixed amount off every count and gives it to the shorter contexts; the middle of absolute discounting and Kneser-Ney. */
export function discountCounts(
  input: SmoothingInput,
  counts: Float64Array,
  { modified, interpolated, discounts, fallbackDiscounts }: DiscountCountsOptions,
): SmoothedCounts {
  const { trie } = input;
  const fallbacks: DiscountFallback[] = [];
  const byOrder = Array.from({ length: trie.order }, (_, index): Discounts => {
    const given = discounts[index];
    if (given) return given;
    const n = countsOfCounts(input, counts, index + 1, 4);
    const estimated = modified ? modifiedDiscounts(n) : singleDiscount(n);
    if (typeof estimated !== 'string') return estimated;
    fallbacks.push({ order: index + 1, reason: estimated, discounts: fallbackDiscounts });
    return fallbackDiscounts;
  });

  const shares = new Float64Array(trie.nodeCount);
  const lowerWeights = new Float64Array(trie.contextCount);
  let order = 1;
  forEachContext(input, counts, (context, { total, prunedTotal, types }, start, end) => {
    while (start >= trie.levelEnd(order)) order++;
    const amounts = byOrder[order - 1]!;
    let freed = prunedTotal;
    for (let index = 0; index < 3; index++) freed += types[index]! * Math.min(amounts[index]!, index + 1);
    lowerWeights[context] = freed / total;
    for (let node = start; node < end; node++) {
      const count = counts[node]!;
      if (count > 0) shares[node] = Math.max(0, count - amounts[Math.min(count, 3) - 1]!) / total;
    }
  });
  const smoothed = interpolated ? interpolate(input, { shares, lowerWeights }) : backOff(input, shares);
  return { ...smoothed, fallbacks };
}
