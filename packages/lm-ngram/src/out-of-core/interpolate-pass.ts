import { BlockReader, BlockWriter } from './block-file.ts';
import type { RunStorage } from './run-storage.ts';
import type { Scatter } from './scatter.ts';
import { parentsName } from './suffix-order-pass.ts';

/** Probabilities of an order in suffix order, as 64-bit numbers; NaN for n-grams that the model leaves out. */
export const interpolatedName = (order: number): string => `interpolated-${order}`;

/** Options of {@link runInterpolatePass}. */
export interface InterpolatePassOptions {
  readonly storage: RunStorage;
  readonly order: number;
  readonly isHighest: boolean;
  /** Shares, weights and places in the model, by place in suffix order. */
  readonly shares: Scatter<Float64Array>;
  /** Gets the base-10 logarithm of each probability, by place in the model. */
  readonly logs: Scatter<Float32Array>;
  readonly blockLength: number;
}

/**
 * Goes once through the n-grams of an order in suffix order, where their suffixes come in order too: p(w | h) = share(h w) + weight(h) · p(w | h').
 */
export async function* runInterpolatePass({
  storage,
  order,
  isHighest,
  shares,
  logs,
  blockLength,
}: InterpolatePassOptions): AsyncGenerator<number, void> {
  const parents = await BlockReader.open(storage, parentsName(order), Uint32Array, blockLength);
  const lower = await BlockReader.open(storage, interpolatedName(order - 1), Float64Array, blockLength);
  const output = isHighest
    ? undefined
    : await BlockWriter.create(storage, interpolatedName(order), Float64Array, blockLength);
  let done = 0;
  /** The suffix at hand, and its probability. */
  let parent = -1;
  let lowerProbability = Number.NaN;
  try {
    for (let table = await shares.nextBucket(); table; table = await shares.nextBucket()) {
      for (let at = 0; at < table.length; at += 3) {
        const suffix = parents.next()!;
        while (parent < suffix) {
          lowerProbability = lower.next()!;
          parent++;
        }
        const place = table[at + 2]!;
        const probability = table[at]! + table[at + 1]! * lowerProbability;
        output?.push(probability);
        if (place >= 0) logs.put(place, Math.log10(probability));
        if ((++done & STEP_MASK) === 0) yield done;
      }
    }
    await output?.close();
    await logs.close();
  } catch (error) {
    await output?.discard();
    await logs.discard();
    throw error;
  } finally {
    parents.close();
    lower.close();
  }
}

const STEP_MASK = (1 << 15) - 1;
