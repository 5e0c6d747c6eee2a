import type { GptConfig } from './gpt-config.ts';

/** Standard deviation of GPT-2's first weights. */
export const INITIAL_DEVIATION = 0.02;

/**
 * Standard deviation of the projections that add to the residual stream: smaller with depth, so that the sum over
 * the 2 · layerCount branches starts as wide as one of them.
 *
 * @see Radford et al. 2019, §2.3
 */
export function residualDeviation({ layerCount }: GptConfig): number {
  return INITIAL_DEVIATION / Math.sqrt(2 * layerCount);
}
