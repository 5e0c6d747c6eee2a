import { adjustedCounts } from './adjusted-counts.ts';
import { countsOfCounts, forEachContext } from './context-totals.ts';
import { type DiscountFallback, type Discounts, modifiedDiscounts, singleDiscount } from './discounts.ts';
import {
  estimateByPlan,
  LARGEST_COUNT_OF_COUNTS,
  type SharingPlan,
  type SharingRule,
} from './sharing-rule.ts';
import { backOff, type SmoothingMethod } from './smoothing.ts';

/** Options of {@link discounting}. */
export interface DiscountingOptions {
  readonly settings: SharingPlan['settings'];
  readonly counts: SharingPlan['counts'];
  /** Whether counts of 1, of 2, and of 3 and more have discounts of their own. */
  readonly modified: boolean;
  readonly interpolated: boolean;
  /** By order; undefined: estimated. */
  readonly discounts: (order: number) => Discounts | undefined;
  readonly fallbackDiscounts: Discounts;
}

/** Takes a fixed amount off every count and gives it to the shorter contexts; the middle of absolute discounting and Kneser-Ney. */
export function discounting(name: string, options: DiscountingOptions): SmoothingMethod {
  const plan: SharingPlan = {
    settings: options.settings,
    counts: options.counts,
    rules(n) {
      const fallbacks: DiscountFallback[] = [];
      const rules = n.map((countsOfOrder, index) => {
        const order = index + 1;
        const given = options.discounts(order);
        if (given) return discountRule(given);
        const estimated = options.modified ? modifiedDiscounts(countsOfOrder) : singleDiscount(countsOfOrder);
        if (typeof estimated !== 'string') return discountRule(estimated);
        fallbacks.push({ order, reason: estimated, discounts: options.fallbackDiscounts });
        return discountRule(options.fallbackDiscounts);
      });
      return { rules, fallbacks };
    },
  };
  if (options.interpolated) return { name, plan, estimate: (input) => estimateByPlan(input, plan) };
  return {
    name,
    estimate(input) {
      const { trie } = input;
      const counts = options.counts === 'contexts' ? adjustedCounts(input) : input.counts;
      const n = Array.from({ length: trie.order }, (_, index) =>
        countsOfCounts(input, counts, index + 1, LARGEST_COUNT_OF_COUNTS),
      );
      const { rules, fallbacks } = plan.rules(n);
      const shares = new Float64Array(trie.nodeCount);
      let order = 1;
      forEachContext(input, counts, (_, totals, start, end) => {
        while (start >= trie.levelEnd(order)) order++;
        const rule = rules[order - 1]!;
        for (let node = start; node < end; node++) shares[node] = rule.share(counts[node]!, totals);
      });
      return { ...backOff(input, shares), fallbacks };
    },
  };
}

function discountRule(amounts: Discounts): SharingRule {
  return {
    share: (count, { total }) =>
      count > 0 ? Math.max(0, count - amounts[Math.min(count, 3) - 1]!) / total : 0,
    lowerWeight({ total, prunedTotal, types }) {
      let freed = prunedTotal;
      for (let index = 0; index < 3; index++) freed += types[index]! * Math.min(amounts[index]!, index + 1);
      return freed / total;
    },
  };
}
