import { RandomStream } from '@wordloom/compile';
import type { SynchronousBatchSource } from './batch.ts';
import { type EpochBatchSource, epochOrder, positionAt } from './dataset.ts';
import type { TokenSource } from './token-source.ts';
import { requireWindows, type WindowSizes, windowsAt } from './window-batch.ts';

/** Options of {@link shuffledWindows}. */
export interface ShuffledWindowsOptions extends WindowSizes {
  /** Of the order. */
  readonly seed: number;
}

/** Apart from the streams of {@link epochOrder}. */
const OFFSET = 2;

/**
 * Batches of windows that lie side by side in a token sequence, each once an epoch, in an order that depends on (seed,
 * epoch) alone and is never stored. The first window of an epoch begins at a random one of the tokens that would
 * otherwise be left over at the end, so that over the epochs every token is seen.
 *
 * @param tokens token ids, in memory or in a file; longer than `contextLength`
 * @returns batches `{ inputs, targets }`, both int32 `[batchSize, contextLength]`, targets one token ahead
 * @throws {RangeError} if the sequence is too short or a size is not a positive integer
 */
export function shuffledWindows(
  tokens: Int32Array,
  options: ShuffledWindowsOptions,
): SynchronousBatchSource & EpochBatchSource;
export function shuffledWindows(
  tokens: Int32Array | TokenSource,
  options: ShuffledWindowsOptions,
): EpochBatchSource;
export function shuffledWindows(
  tokens: Int32Array | TokenSource,
  { batchSize, contextLength, seed }: ShuffledWindowsOptions,
): EpochBatchSource {
  requireWindows('shuffledWindows', tokens, { batchSize, contextLength });
  const windows = Math.floor((tokens.length - 1) / contextLength);
  const spare = (tokens.length - 1) % contextLength;
  const windowAt = epochOrder(windows, seed, true);
  const startAt = (place: number): number => {
    const { epoch } = positionAt(place, windows);
    return new RandomStream(seed, OFFSET, epoch).integer(spare + 1) + windowAt(place) * contextLength;
  };
  return {
    tokensPerBatch: batchSize * contextLength,
    position: (step) => positionAt(step * batchSize, windows),
    batch: (step) =>
      windowsAt(
        tokens,
        Array.from({ length: batchSize }, (_, row) => startAt(step * batchSize + row)),
        contextLength,
      ),
  };
}
