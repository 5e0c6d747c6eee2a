import { countsOfCounts, forEachContext } from './context-totals.ts';
import type { CountsOfCounts, DiscountFallback } from './discounts.ts';
import { backOff, type SmoothingMethod } from './smoothing.ts';

/** Options of {@link katz}. */
export interface KatzOptions {
  /** Counts above it are reliable and keep their value (default 5). */
  readonly largestCount?: number;
}

/**
 * Katz smoothing: counts are lowered as Good and Turing estimate, what that frees goes to words not seen after the context, in proportion
 * to their probability after the shorter one.
 *
 * An order whose counts of counts do not yield ratios between 0 and 1 takes only as many counts as do, at last none but a plain discount
 * of half an occurrence, and the model says so.
 *
 * @throws {RangeError} if `largestCount` is no positive integer
 * @see Katz 1987; Chen and Goodman 1998, §2.4
 */
export function katz({ largestCount = 5 }: KatzOptions = {}): SmoothingMethod {
  if (!Number.isInteger(largestCount) || largestCount < 1) {
    throw new RangeError(`katz: largestCount must be a positive integer, got ${largestCount}.`);
  }
  return {
    name: 'Katz',
    estimate(input) {
      const { trie, counts } = input;
      const fallbacks: DiscountFallback[] = [];
      const ratios = Array.from({ length: trie.order }, (_, index) => {
        const n = countsOfCounts(input, counts, index + 1, largestCount + 1);
        for (let largest = largestCount; largest >= 1; largest--) {
          const found = goodTuringRatios(n, largest);
          if (found) return found;
        }
        fallbacks.push({
          order: index + 1,
          reason: `counts up to ${largestCount} yield no Good-Turing ratios between 0 and 1`,
          discounts: [0.5, 0.5, 0.5],
        });
        return undefined;
      });
      const shares = new Float64Array(trie.nodeCount);
      let order = 1;
      forEachContext(input, counts, (_, { total }, start, end) => {
        while (start >= trie.levelEnd(order)) order++;
        const ratio = ratios[order - 1];
        let kept = 0;
        for (let node = start; node < end; node++) {
          const count = counts[node]!;
          if (count === 0) continue;
          shares[node] = ratio ? count * (ratio[count] ?? 1) : count - 0.5;
          kept += shares[node]!;
        }
        // A context with frequent words only would leave nothing for others: one more occurrence is theirs.
        const whole = kept < total ? total : total + 1;
        for (let node = start; node < end; node++) shares[node]! /= whole;
      });
      return { ...backOff(input, shares), fallbacks };
    },
  };
}

/** By what each count up to the largest is multiplied; undefined if one is not between 0 and 1. */
function goodTuringRatios(n: CountsOfCounts, largest: number): number[] | undefined {
  const rest = ((largest + 1) * n[largest + 1]!) / n[1]!;
  const ratios = [1];
  for (let count = 1; count <= largest; count++) {
    const goodTuring = ((count + 1) * n[count + 1]!) / (count * n[count]!);
    const ratio = (goodTuring - rest) / (1 - rest);
    if (!(ratio > 0 && ratio < 1)) return undefined;
    ratios.push(ratio);
  }
  return ratios;
}
