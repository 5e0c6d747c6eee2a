import { RandomStream, tensorData } from '@wordloom/compile';
import { requireSizes } from '../module/require-sizes.ts';
import type { BatchSource } from './batch.ts';

/** Options of {@link randomWindows}. */
export interface RandomWindowsOptions {
  /** Windows in a batch. */
  readonly batchSize: number;
  /** Tokens in a window. */
  readonly contextLength: number;
  /** Which windows are drawn. */
  readonly seed: number;
}

/**
 * Batches of windows at random places of a token sequence, for language model training. The places depend on
 * (seed, step) alone.
 *
 * @param tokens token ids; longer than `contextLength`
 * @returns batches `{ inputs, targets }`, both int32 `[batchSize, contextLength]`, targets one token ahead
 * @throws {RangeError} if the sequence is too short or a size is not a positive integer
 */
export function randomWindows(
  tokens: Int32Array,
  { batchSize, contextLength, seed }: RandomWindowsOptions,
): BatchSource {
  requireSizes('randomWindows', { batchSize, contextLength });
  if (tokens.length <= contextLength) {
    throw new RangeError(
      `randomWindows: tokens must be longer than contextLength (${contextLength}), got ${tokens.length}. Use a longer text or a smaller contextLength.`,
    );
  }
  const tokensPerBatch = batchSize * contextLength;
  return {
    tokensPerBatch,
    batch(step) {
      const random = new RandomStream(seed, step);
      const inputs = new Int32Array(tokensPerBatch);
      const targets = new Int32Array(tokensPerBatch);
      for (let row = 0; row < tokensPerBatch; row += contextLength) {
        const start = random.integer(tokens.length - contextLength);
        inputs.set(tokens.subarray(start, start + contextLength), row);
        targets.set(tokens.subarray(start + 1, start + 1 + contextLength), row);
      }
      const shape = [batchSize, contextLength];
      return { inputs: tensorData(inputs, shape), targets: tensorData(targets, shape) };
    },
  };
}
