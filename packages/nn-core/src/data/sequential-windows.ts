import { tensorData } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';
import type { Batch } from './batch.ts';

/** Options of {@link sequentialWindows}. */
export interface SequentialWindowsOptions {
  /** Windows in a batch. */
  readonly batchSize: number;
  /** Tokens in a window. */
  readonly contextLength: number;
}

/** Batches that can be iterated again and again. */
export interface SequentialWindows extends Iterable<Batch> {
  /** Number of batches. */
  readonly count: number;
  /** Number of targets over all batches: one less than the tokens. */
  readonly tokenCount: number;
}

/**
 * A token sequence cut into windows side by side, so that every token but the first is a target exactly once: for
 * evaluation. The batch of what is left over has fewer windows, and a last batch holds one shorter window.
 *
 * @param tokens token ids, at least two
 * @returns batches `{ inputs, targets }`, both int32 `[windows, length]`, targets one token ahead
 * @throws {RangeError} if there are fewer than two tokens or a size is not a positive integer
 */
export function sequentialWindows(
  tokens: Int32Array,
  { batchSize, contextLength }: SequentialWindowsOptions,
): SequentialWindows {
  requireSizes('sequentialWindows', { batchSize, contextLength });
  if (tokens.length < 2) {
    throw new RangeError(`sequentialWindows: tokens must be at least 2, got ${tokens.length}.`);
  }
  const tokenCount = tokens.length - 1;
  const windowCount = Math.floor(tokenCount / contextLength);
  const tail = tokenCount % contextLength;
  const batchAt = (start: number, windows: number, length: number): Batch => {
    const end = start + windows * length;
    const shape = [windows, length];
    return {
      inputs: tensorData(tokens.slice(start, end), shape),
      targets: tensorData(tokens.slice(start + 1, end + 1), shape),
    };
  };
  return {
    tokenCount,
    count: Math.ceil(windowCount / batchSize) + Math.sign(tail),
    *[Symbol.iterator]() {
      for (let window = 0; window < windowCount; window += batchSize) {
        yield batchAt(window * contextLength, Math.min(batchSize, windowCount - window), contextLength);
      }
      if (tail > 0) yield batchAt(windowCount * contextLength, 1, tail);
    },
  };
}
