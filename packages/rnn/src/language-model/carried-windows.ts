import { tensorData } from '@wordloom/compile';
import type { SynchronousBatchSource } from '@wordloom/nn-core';
import { requireSize } from '../layers/require-options.ts';

/** Options of {@link carriedWindows}. */
export interface CarriedWindowsOptions {
  /** Streams that are read side by side. */
  readonly batchSize: number;
  /** Words in a window: how far gradients go back. */
  readonly contextLength: number;
}

/** Batches whose rows go on where those of the batch before ended. */
export interface CarriedWindows extends SynchronousBatchSource {
  /** Batches until the text begins anew. */
  readonly stepsPerEpoch: number;
}

/**
 * A token sequence cut into as many streams as a batch has rows; each batch is the next window of every stream. What is left over at the end is
 * not seen.
 *
 * @returns batches `{ inputs, targets, carry }`: int32 `[batchSize, contextLength]` twice, targets one token ahead, and float32 `[1]`, 0 where the
 * text begins and 1 elsewhere; see {@link CarriedStateTraining}
 * @throws {RangeError} if the sequence has no room for a window of each stream
 */
export function carriedWindows(
  tokens: Int32Array,
  { batchSize, contextLength }: CarriedWindowsOptions,
): CarriedWindows {
  requireSize('carriedWindows', { batchSize, contextLength });
  const streamLength = Math.floor((tokens.length - 1) / batchSize);
  const stepsPerEpoch = Math.floor(streamLength / contextLength);
  if (stepsPerEpoch < 1) {
    throw new RangeError(
      `carriedWindows: tokens must be more than batchSize × contextLength = ${batchSize * contextLength}, got ${tokens.length}.`,
    );
  }
  return {
    tokensPerBatch: batchSize * contextLength,
    stepsPerEpoch,
    batch: (step) => {
      const window = step % stepsPerEpoch;
      const inputs = new Int32Array(batchSize * contextLength);
      const targets = new Int32Array(batchSize * contextLength);
      for (let row = 0; row < batchSize; row++) {
        const start = row * streamLength + window * contextLength;
        inputs.set(tokens.subarray(start, start + contextLength), row * contextLength);
        targets.set(tokens.subarray(start + 1, start + contextLength + 1), row * contextLength);
      }
      const shape = [batchSize, contextLength];
      return {
        inputs: tensorData(inputs, shape),
        targets: tensorData(targets, shape),
        carry: tensorData(Float32Array.of(window === 0 ? 0 : 1), [1]),
      };
    },
  };
}
