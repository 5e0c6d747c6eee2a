import { yieldToEventLoop } from '../event-loop.ts';
import type { Batch, BatchSource } from './batch.ts';
import { PendingBatches } from './pending-batches.ts';

/** Options of {@link prefetch}. */
export interface PrefetchOptions {
  /** How many batches are made before they are asked for; default 2. */
  readonly ahead?: number;
  /** Closes the source. */
  readonly signal?: AbortSignal;
}

/** Batches that are made before they are asked for. */
export interface PrefetchedBatches extends BatchSource {
  batch(step: number): Promise<Batch>;
  /** Ends it: whoever waits for a batch is told, and no other can be asked for. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes the next batches while a step is computed, on the same thread: for sources that read files or the network, which
 * goes on meanwhile. Work of JavaScript's own does not in Node, where ONNX Runtime computes on the calling thread;
 * {@link prefetchInWorker} has a thread for it.
 *
 * Never more than `ahead` batches are made that nobody asked for. Since a batch is a function of its step, the batches,
 * and a run that is resumed, are those of the source itself: the place in the data is that of the steps taken.
 *
 * @throws {RangeError} if `ahead` is not a positive integer @throws {Error} when a batch is asked for, with its number
 * and what the source threw as `cause`
 * @example
 * const tokens = await openTokenFile('train.tokens');
 * const data = prefetch(shuffledWindows(tokens, { batchSize: 16, contextLength: 256, seed: 0 }));
 */
export function prefetch(
  source: BatchSource,
  { ahead = 2, signal }: PrefetchOptions = {},
): PrefetchedBatches {
  requireAhead('prefetch', ahead);
  const make = async (step: number, isAhead: boolean): Promise<void> => {
    try {
      if (isAhead) await yieldToEventLoop(); // after whoever asked has gone on
      pending.resolve(step, await source.batch(step));
    } catch (error) {
      pending.reject(step, batchError('prefetch', step, error));
    }
  };
  const pending = new PendingBatches((step, isAhead) => void make(step, isAhead), ahead);
  return prefetched('prefetch', pending, {
    ...(signal && { signal }),
    ...(source.tokensPerBatch !== undefined && { tokensPerBatch: source.tokensPerBatch }),
  });
}

/** @throws {RangeError} unless it is a positive integer */
export function requireAhead(owner: string, ahead: number): void {
  if (!Number.isSafeInteger(ahead) || ahead < 1) {
    throw new RangeError(`${owner}: ahead must be a positive integer, got ${ahead}.`);
  }
}

/** What went wrong with a batch, with its number. */
export function batchError(owner: string, step: number, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${owner}: batch ${step} (counted from 0) could not be made. ${message}`, { cause });
}

/** What {@link prefetched} needs besides the batches. */
export interface PrefetchedParts {
  readonly tokensPerBatch?: number;
  readonly signal?: AbortSignal;
  readonly onClose?: () => void | Promise<void>;
}

/** Pending batches as a source that can be closed. */
export function prefetched(
  owner: string,
  pending: PendingBatches,
  { tokensPerBatch, signal, onClose }: PrefetchedParts,
): PrefetchedBatches {
  let closed: Promise<void> | undefined;
  const end = (failure: Error): Promise<void> => {
    closed ??= (async () => {
      signal?.removeEventListener('abort', abort);
      pending.fail(failure);
      await onClose?.();
    })();
    return closed;
  };
  const abort = (): void => void end(signal!.reason);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  const close = (): Promise<void> => end(new Error(`${owner}: the source must not be used after close().`));
  return {
    ...(tokensPerBatch !== undefined && { tokensPerBatch }),
    batch: (step) => pending.take(step),
    close,
    [Symbol.asyncDispose]: close,
  };
}
