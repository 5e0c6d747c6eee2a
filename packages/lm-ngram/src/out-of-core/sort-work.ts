import { type CorpusChunk, countChunk } from './count-chunk.ts';
import { listen, type MessageEndpoint } from './message-endpoint.ts';
import { type RecordFormat, sortRecords } from './sort-records.ts';

/** What takes the time of a core and can be done anywhere. */
export type SortRequest =
  | { readonly type: 'count'; readonly chunk: CorpusChunk }
  | {
      readonly type: 'sort';
      /** A buffer whose first `length` words are records. */
      readonly buffer: Uint32Array<ArrayBuffer>;
      readonly length: number;
      readonly format: RecordFormat;
    };

/** Sorted records in a buffer. */
export interface SortedRecords {
  readonly buffer: Uint32Array<ArrayBuffer>;
  readonly length: number;
}

export type SortReply =
  | ({ readonly type: 'sorted' } & SortedRecords)
  | { readonly type: 'failed'; readonly message: string };

/** Does requests, one after the other. */
export class SortWork {
  /** As long as the buffers that come; what is sent back may be this one. */
  #scratch = new Uint32Array();

  answer(request: SortRequest): SortedRecords {
    if (request.type === 'count') {
      const buffer = countChunk(request.chunk);
      return { buffer, length: buffer.length };
    }
    const { buffer, length, format } = request;
    const scratch = this.#scratch.length === buffer.length ? this.#scratch : new Uint32Array(buffer.length);
    const sorted = sortRecords(buffer.subarray(0, length), scratch.subarray(0, length), format);
    const isScratch = sorted.buffer === scratch.buffer;
    this.#scratch = isScratch ? buffer : scratch;
    return { buffer: isScratch ? scratch : buffer, length };
  }
}

/**
 * Sorts in a worker, for {@link trainNgramsOutOfCore} with `workers`. Call it once, in the worker's module. (In Node, `trainNgramFiles` has a
 * worker of its own.)
 *
 * @param port where requests come from: `self` in a browser, `parentPort` of `node:worker_threads`
 * @example
 * // sort-worker.js
 * serveNgramSorting(self);
 * // elsewhere
 * const startWorker = () => new Worker(new URL('./sort-worker.js', import.meta.url), { type: 'module' });
 */
export function serveNgramSorting(port: MessageEndpoint): void {
  const work = new SortWork();
  listen(
    port,
    (request) => {
      let reply: SortReply;
      try {
        reply = { type: 'sorted', ...work.answer(request as SortRequest) };
      } catch (error) {
        reply = { type: 'failed', message: String(error) };
      }
      port.postMessage(reply, reply.type === 'sorted' ? [reply.buffer.buffer] : []);
    },
    () => {}, // whoever asks ends the worker
  );
}
