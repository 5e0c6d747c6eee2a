import { type BatchReply, type BatchRequest, errorFrom } from './batch-messages.ts';
import { listen, type MessageEndpoint } from './message-endpoint.ts';
import { PendingBatches } from './pending-batches.ts';
import {
  batchError,
  type PrefetchedBatches,
  type PrefetchOptions,
  prefetched,
  requireAhead,
} from './prefetch.ts';

/** Options of {@link prefetchInWorker}. */
export interface WorkerPrefetchOptions extends PrefetchOptions {
  /** What the worker makes its source from: plain values that can be sent. */
  readonly settings?: unknown;
}

/** A worker whose module calls {@link serveBatches}: a browser's `Worker`, or one of `node:worker_threads`. */
export type BatchWorker = MessageEndpoint & {
  terminate?(): unknown;
  ref?(): unknown;
  unref?(): unknown;
};

/**
 * Batches that a worker makes ahead, on a thread of its own, in order. Their arrays are handed over without a copy.
 *
 * The worker belongs to the source from now on: it ends when the source is closed, and in Node it does not keep the
 * process alive while nobody waits for a batch. As with {@link prefetch}, batches and resumed runs are those of the
 * worker's source.
 *
 * @param worker in Node, `prefetchInWorker` of `@wordloom/nn-core/node` also takes a module's URL
 * @returns the source, once the worker has made its own
 * @throws {RangeError} if `ahead` is not a positive integer @throws {Error} if the worker cannot make its source; when
 * a batch is asked for, with its number and what the worker threw as `cause`
 * @example
 * const worker = new Worker(new URL('./batches.js', import.meta.url), { type: 'module' });
 * await using data = await prefetchInWorker(worker, { settings: { url: '/train.tokens', seed: 0 } });
 * for await (const event of train(model, data, { steps, runtime })) report(event);
 */
export async function prefetchInWorker(
  worker: BatchWorker,
  { ahead = 2, signal, settings }: WorkerPrefetchOptions = {},
): Promise<PrefetchedBatches> {
  requireAhead(OWNER, ahead);
  const request = (request: BatchRequest): void => {
    worker.ref?.();
    worker.postMessage(request, []);
  };
  const pending = new PendingBatches((step) => request({ type: 'batch', step }), ahead);
  const opened = new Promise<number | undefined>((resolve, reject) => {
    listen(worker, {
      message(message) {
        const reply = message as BatchReply;
        switch (reply.type) {
          case 'opened':
            resolve(reply.tokensPerBatch);
            break;
          case 'open-failed':
            reject(openError(errorFrom(reply.error)));
            break;
          case 'batch':
            pending.resolve(reply.step, reply.batch);
            break;
          case 'batch-failed':
            pending.reject(reply.step, batchError(OWNER, reply.step, errorFrom(reply.error)));
        }
        if (pending.size === 0) worker.unref?.();
      },
      failure(problem) {
        const failure = new Error(`${OWNER}: the worker must go on, got ${problem}.`);
        reject(failure);
        pending.fail(failure);
      },
    });
    request({ type: 'open', settings });
  });
  const terminate = async (): Promise<void> => void (await worker.terminate?.());
  try {
    const tokensPerBatch = await abortable(opened, signal);
    return prefetched(OWNER, pending, {
      ...(tokensPerBatch !== undefined && { tokensPerBatch }),
      ...(signal && { signal }),
      onClose: terminate,
    });
  } catch (error) {
    await terminate();
    throw error;
  }
}

const OWNER = 'prefetchInWorker';

/** Waits for a promise, or fails with the signal's reason. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function openError(cause: Error): Error {
  return new Error(`${OWNER}: the worker could not make its source. ${cause.message}`, { cause });
}
