import { estimateByPlan, type SharingPlan, type SharingRule } from './sharing-rule.ts';
import type { SmoothingMethod } from './smoothing.ts';

/**
 * Maximum likelihood: p(w | h) = C(h w) / C(h), and nothing for what was not seen after a context that was. No smoothing at all; the
 * probability of a new text is often 0.
 */
export function maximumLikelihood(): SmoothingMethod {
  return { name: 'maximum likelihood', plan, estimate: (input) => estimateByPlan(input, plan) };
}

const rule: SharingRule = { share: (count, { total }) => count / total, lowerWeight: () => 0 };

const plan: SharingPlan = {
  settings: null,
  counts: 'occurrences',
  rules: (n) => ({ rules: n.map(() => rule), fallbacks: [] }),
};
