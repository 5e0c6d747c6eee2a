import type { BatchSource } from './batch.ts';
import { randomOrder } from './random-order.ts';

/** One part of a mixture. */
export interface MixedSource {
  readonly source: BatchSource;
  /** Share of the steps, relative to the other weights. */
  readonly weight: number;
}

/** Steps after which every source has had its share exactly. */
const BLOCK = 1000;

/**
 * Mixes sources: every step's batch comes from one of them. Of each thousand steps a source gets its share exactly
 * (weights are rounded to thousandths), at places that depend on (seed, step) alone; over the steps it gives each of its batches
 * once, nearly in order.
 *
 * @throws {RangeError} if there are no sources, a weight is not positive or less than a thousandth of all
 * @example
 * const data = mixSources([{ source: books, weight: 0.8 }, { source: code, weight: 0.2 }], { seed: 0 });
 */
export function mixSources(parts: readonly MixedSource[], { seed }: { readonly seed: number }): BatchSource {
  const shares = sharesOf(parts.map(({ weight }) => weight));
  const ends = shares.map((_, index) => shares.slice(0, index + 1).reduce((sum, share) => sum + share, 0));
  const sizes = new Set(parts.map(({ source }) => source.tokensPerBatch));
  const [size] = sizes;
  let current: { readonly block: number; readonly order: (place: number) => number } | undefined;
  return {
    ...(sizes.size === 1 && size !== undefined && { tokensPerBatch: size }),
    batch(step) {
      const block = Math.floor(step / BLOCK);
      if (current?.block !== block) current = { block, order: randomOrder(BLOCK, seed, block) };
      const slot = current.order(step % BLOCK);
      const part = ends.findIndex((end) => slot < end);
      const share = shares[part]!;
      return parts[part]!.source.batch(block * share + slot - (ends[part]! - share));
    },
  };
}

/** Integers in proportion to the weights that add up to {@link BLOCK}: the largest remainders are rounded up. */
function sharesOf(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    if (!(weight > 0 && weight >= total / BLOCK)) {
      throw new RangeError(
        `mixSources: weights must be positive and at least a thousandth of their sum, got ${weight} for source ${index}.`,
      );
    }
  }
  if (!(total > 0 && total < Infinity)) {
    throw new RangeError(
      `mixSources: sources must be at least one, with finite weights, got ${weights.length} of total weight ${total}.`,
    );
  }
  const exact = weights.map((weight) => (BLOCK * weight) / total);
  const shares = exact.map(Math.floor);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder);
  const missing = BLOCK - shares.reduce((sum, share) => sum + share, 0);
  for (const { index } of byRemainder.slice(0, missing)) shares[index]!++;
  return shares;
}
