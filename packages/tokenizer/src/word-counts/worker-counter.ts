import type { ChunkCounter, ChunkReply } from './chunk-counter.ts';
import { listen, type MessageEndpoint } from './message-endpoint.ts';
import type { CounterReply, CounterRequest, CounterSettings } from './serve-word-counts.ts';
import type { TextChunk } from './text-chunk.ts';

/** A worker whose module calls {@link serveWordCounts}: a browser's `Worker`, or one of `node:worker_threads`. */
export type CountingWorker = MessageEndpoint & { terminate(): unknown };

/** Counts in a worker. */
export class WorkerCounter implements ChunkCounter {
  readonly #worker: CountingWorker;
  #answer: { resolve(reply: CounterReply): void; reject(error: Error): void } | undefined;
  #failure: Error | undefined;

  private constructor(worker: CountingWorker) {
    this.#worker = worker;
    listen(worker, {
      message: (message) => {
        const reply = message as CounterReply;
        if (reply.type === 'failed') this.#answer?.reject(errorOf(reply));
        else this.#answer?.resolve(reply);
      },
      failure: (problem) => {
        this.#failure = new Error(`countWordsSteps: a worker must go on, got ${problem}.`);
        this.#answer?.reject(this.#failure);
      },
    });
  }

  static async open(worker: CountingWorker, settings: CounterSettings): Promise<WorkerCounter> {
    const counter = new WorkerCounter(worker);
    await counter.#ask({ type: 'open', settings });
    return counter;
  }

  async count(chunk: TextChunk | undefined): Promise<ChunkReply> {
    const reply = await this.#ask(
      { type: 'count', chunk },
      chunk && 'bytes' in chunk ? [chunk.bytes.buffer] : [],
    );
    return (reply as CounterReply & { type: 'counted' }).reply;
  }

  async readBlock(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const reply = await this.#ask({ type: 'read-block' });
    return (reply as CounterReply & { type: 'block' }).block;
  }

  #ask(request: CounterRequest, transfer: ArrayBuffer[] = []): Promise<CounterReply> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#answer = { resolve, reject };
      this.#worker.postMessage(request, transfer);
    });
  }
}

/** What a worker threw, with the type it had there. */
function errorOf({ name, message }: CounterReply & { type: 'failed' }): Error {
  const types: Record<string, new (message: string) => Error> = { RangeError, TypeError };
  return new (types[name] ?? Error)(message);
}
