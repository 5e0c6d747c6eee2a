import { RandomStream } from '@wordloom/compile';
import type { BatchSource, SynchronousBatchSource } from './batch.ts';
import type { TokenSource } from './token-source.ts';
import { requireWindows, type WindowSizes, windowsAt } from './window-batch.ts';

/** Options of {@link randomWindows}. */
export interface RandomWindowsOptions extends WindowSizes {
  /** Which windows are drawn. */
  readonly seed: number;
}

/**
 * Batches of windows at random places of a token sequence, for language model training. The places depend on
 * (seed, step) alone.
 *
 * @param tokens token ids, in memory or in a file; longer than `contextLength`
 * @returns batches `{ inputs, targets }`, both int32 `[batchSize, contextLength]`, targets one token ahead
 * @throws {RangeError} if the sequence is too short or a size is not a positive integer
 */
export function randomWindows(tokens: Int32Array, options: RandomWindowsOptions): SynchronousBatchSource;
export function randomWindows(tokens: Int32Array | TokenSource, options: RandomWindowsOptions): BatchSource;
export function randomWindows(
  tokens: Int32Array | TokenSource,
  { batchSize, contextLength, seed }: RandomWindowsOptions,
): BatchSource {
  requireWindows('randomWindows', tokens, { batchSize, contextLength });
  const places = tokens.length - contextLength;
  return {
    tokensPerBatch: batchSize * contextLength,
    batch(step) {
      const random = new RandomStream(seed, step);
      // A stream's integers end at 2³²; beyond, 53 random bits leave no bias to speak of.
      const place = (): number =>
        places <= 2 ** 32 ? random.integer(places) : Math.floor(random.uniform() * places);
      return windowsAt(tokens, Array.from({ length: batchSize }, place), contextLength);
    },
  };
}
