import type { ContextTotals } from './context-totals.ts';
import { estimateByPlan, type SharingPlan, type SharingRule } from './sharing-rule.ts';
import type { SmoothingMethod } from './smoothing.ts';

/**
 * Witten-Bell smoothing: a context that t different words have followed lets the shorter context speak as if it had been seen t times more.
 *
 * @see Witten and Bell 1991, method C
 */
export function wittenBell(): SmoothingMethod {
  return { name: 'Witten-Bell', plan, estimate: (input) => estimateByPlan(input, plan) };
}

const kinds = ({ types }: ContextTotals) => types[0] + types[1] + types[2];

const rule: SharingRule = {
  share: (count, totals) => count / (totals.total + kinds(totals)),
  lowerWeight: (totals) => (kinds(totals) + totals.prunedTotal) / (totals.total + kinds(totals)),
};

const plan: SharingPlan = {
  settings: null,
  counts: 'occurrences',
  rules: (n) => ({ rules: n.map(() => rule), fallbacks: [] }),
};
