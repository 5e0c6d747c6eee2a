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
  /** Memory to work in, kept from one request to the next: new arrays would be garbage faster than it is collected. */
  readonly #buffers: [Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>] = [
    new Uint32Array(),
    new Uint32Array(),
  ];

  answer(request: SortRequest): SortedRecords {
    if (request.type === 'count') {
      const buffer = countChunk(request.chunk, (place, length) => this.#take(place, length));
      return { buffer, length: buffer.length };
    }
    const { buffer, length, format } = request;
    // Buffers are of one length, so that one may be sent back for the other.
    if (this.#buffers[0].length !== buffer.length) {
      this.#buffers[0] = this.#buffers[1] = new Uint32Array();
      this.#buffers[0] = new Uint32Array(buffer.length);
    }
    const scratch = this.#buffers[0];
    const sorted = sortRecords(buffer.subarray(0, length), scratch.subarray(0, length), format);
    if (sorted.buffer === buffer.buffer) return { buffer, length };
    this.#buffers[0] = buffer;
    return { buffer: scratch, length };
  }

  #take(place: 0 | 1, length: number): Uint32Array<ArrayBuffer> {
    if (this.#buffers[place].length < length) this.#buffers[place] = new Uint32Array(length);
    return this.#buffers[place].subarray(0, length);
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
