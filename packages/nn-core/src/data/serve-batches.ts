import type { Batch, BatchSource } from './batch.ts';
import { type BatchReply, type BatchRequest, plainError } from './batch-messages.ts';
import { listen, type MessageEndpoint } from './message-endpoint.ts';

/**
 * Makes batches in a worker, for {@link prefetchInWorker}. Call it once, in the worker's module.
 *
 * @param port where requests come from: `parentPort` of `node:worker_threads`, `self` in a browser
 * @param open makes the source, from the `settings` that were given to `prefetchInWorker`
 * @example
 * // batches.js
 * serveBatches(parentPort!, async ({ path, seed }: { path: string; seed: number }) =>
 *   shuffledWindows(await openTokenFile(path), { batchSize: 16, contextLength: 256, seed }));
 */
export function serveBatches<Settings = unknown>(
  port: MessageEndpoint,
  open: (settings: Settings) => BatchSource | Promise<BatchSource>,
): void {
  let source: BatchSource;
  const reply = (reply: BatchReply, transfer: ArrayBuffer[] = []): void => port.postMessage(reply, transfer);
  const answer = async (request: BatchRequest): Promise<void> => {
    if (request.type === 'open') {
      try {
        source = await open(request.settings as Settings);
        reply({ type: 'opened', tokensPerBatch: source.tokensPerBatch });
      } catch (error) {
        reply({ type: 'open-failed', error: plainError(error) });
      }
      return;
    }
    const { step } = request;
    try {
      const batch = copyOf(await source.batch(step));
      reply({ type: 'batch', step, batch }, buffersOf(batch));
    } catch (error) {
      reply({ type: 'batch-failed', step, error: plainError(error) });
    }
  };
  listen(port, {
    message: (request) => void answer(request as BatchRequest),
    failure: () => {}, // whoever asks ends the worker
  });
}

/** Arrays of their own, to be given away: those of a source may be parts of a larger one, or be given out again. */
function copyOf(batch: Batch): Batch {
  return Object.fromEntries(
    Object.entries(batch).map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape, data: data.slice() },
    ]),
  );
}

function buffersOf(batch: Batch): ArrayBuffer[] {
  return Object.values(batch).map(({ data }) => data.buffer as ArrayBuffer);
}
