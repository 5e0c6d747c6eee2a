import { requireSizes } from '../module/require-sizes.ts';
import type { Batch } from './batch.ts';
import type { TokenSource } from './token-source.ts';
import { type WindowSizes, windowsAt } from './window-batch.ts';

/** Options of {@link sequentialWindows}. */
export interface SequentialWindowsOptions extends WindowSizes {}

/** What is known of sequential windows before they are read. */
export interface SequentialWindowCounts {
  /** Number of batches. */
  readonly count: number;
  /** Number of targets over all batches: one less than the tokens. */
  readonly tokenCount: number;
}

/** Batches that can be iterated again and again. */
export interface SequentialWindows extends SequentialWindowCounts, Iterable<Batch> {}

/** Batches that are read while they are iterated, again and again. */
export interface AsyncSequentialWindows extends SequentialWindowCounts, AsyncIterable<Batch> {}

/**
 * A token sequence cut into windows side by side, so that every token but the first is a target exactly once: for
 * evaluation. The batch of what is left over has fewer windows, and a last batch holds one shorter window.
 *
 * @param tokens token ids, at least two, in memory or in a file
 * @returns batches `{ inputs, targets }`, both int32 `[windows, length]`, targets one token ahead
 * @throws {RangeError} if there are fewer than two tokens or a size is not a positive integer
 */
export function sequentialWindows(tokens: Int32Array, options: SequentialWindowsOptions): SequentialWindows;
export function sequentialWindows(
  tokens: TokenSource,
  options: SequentialWindowsOptions,
): AsyncSequentialWindows;
export function sequentialWindows(
  tokens: Int32Array | TokenSource,
  { batchSize, contextLength }: SequentialWindowsOptions,
): SequentialWindows | AsyncSequentialWindows {
  requireSizes('sequentialWindows', { batchSize, contextLength });
  if (tokens.length < 2) {
    throw new RangeError(`sequentialWindows: tokens must be at least 2, got ${tokens.length}.`);
  }
  const tokenCount = tokens.length - 1;
  const windowCount = Math.floor(tokenCount / contextLength);
  const tail = tokenCount % contextLength;
  const count = Math.ceil(windowCount / batchSize) + Math.sign(tail);
  const batchAt = (index: number): Batch | Promise<Batch> => {
    const first = index * batchSize;
    const rows = Math.min(batchSize, windowCount - first);
    if (rows <= 0) return windowsAt(tokens, [windowCount * contextLength], tail);
    const starts = Array.from({ length: rows }, (_, row) => (first + row) * contextLength);
    return windowsAt(tokens, starts, contextLength);
  };
  if (tokens instanceof Int32Array) {
    return {
      tokenCount,
      count,
      *[Symbol.iterator]() {
        for (let index = 0; index < count; index++) yield batchAt(index) as Batch;
      },
    };
  }
  return {
    tokenCount,
    count,
    async *[Symbol.asyncIterator]() {
      for (let index = 0; index < count; index++) yield await batchAt(index);
    },
  };
}
