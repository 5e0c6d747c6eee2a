import type { CountsOfCounts } from './discounts.ts';
import { isSentenceStart, type SmoothingInput } from './smoothing.ts';

/** Sums over what follows one context. */
export interface ContextTotals {
  /** All counts. */
  readonly total: number;
  /** Counts of n-grams that are left out of the model. */
  readonly prunedTotal: number;
  /** Different words with the count 1, 2, and 3 or more that stay in the model. */
  readonly types: readonly [one: number, two: number, more: number];
}

/** Calls `visit` for each context that something follows, with the sums of `counts` over it. */
export function forEachContext(
  { trie, pruned }: SmoothingInput,
  counts: Float64Array,
  visit: (context: number, totals: ContextTotals, start: number, end: number) => void,
): void {
  for (let context = 0; context < trie.contextCount; context++) {
    const start = trie.firstChildren[context]!;
    const end = trie.firstChildren[context + 1]!;
    if (start === end) continue;
    const types: [number, number, number] = [0, 0, 0];
    let total = 0;
    let prunedTotal = 0;
    for (let node = start; node < end; node++) {
      const count = counts[node]!;
      if (count === 0 || isSentenceStart(node)) continue;
      total += count;
      if (pruned[node]) prunedTotal += count;
      else types[Math.min(count, 3) - 1]!++;
    }
    visit(context, { total, prunedTotal, types }, start, end);
  }
}

/** How many n-grams of an order have the counts 0 to `largest`; `<s>` is none of them. */
export function countsOfCounts(
  { trie }: SmoothingInput,
  counts: Float64Array,
  order: number,
  largest: number,
): CountsOfCounts {
  const n = new Array<number>(largest + 1).fill(0);
  for (let node = trie.levelStart(order); node < trie.levelEnd(order); node++) {
    if (counts[node]! <= largest && !isSentenceStart(node)) n[counts[node]!]!++;
  }
  return n;
}
