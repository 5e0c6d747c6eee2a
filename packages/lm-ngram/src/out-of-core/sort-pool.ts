import { listen, type MessageEndpoint } from './message-endpoint.ts';
import { type SortedRecords, type SortReply, type SortRequest, SortWork } from './sort-work.ts';

/** A worker whose module calls {@link serveNgramSorting}: a browser's `Worker`, or one of `node:worker_threads`. */
export type SortingWorker = MessageEndpoint & { terminate(): unknown };

/** Has requests done by workers, or on this thread if there are none. Which of them does what makes no difference to the result. */
export class SortPool {
  readonly size: number;
  readonly #work = new SortWork();
  readonly #workers: SortingWorker[] = [];
  readonly #idle: SortingWorker[] = [];
  readonly #answers = new Map<
    SortingWorker,
    { resolve(reply: SortedRecords): void; reject(error: Error): void }
  >();
  #waiting: (() => void)[] = [];
  #failure: Error | undefined;
  #isClosed = false;

  constructor(size: number, startWorker: (() => SortingWorker) | undefined) {
    this.size = size;
    for (let index = 0; index < size; index++) {
      const worker = startWorker!();
      this.#workers.push(worker);
      this.#idle.push(worker);
      listen(
        worker,
        (message) => this.#receive(worker, message as SortReply),
        (problem) => this.#fail(new Error(`trainNgramsOutOfCore: a worker must go on, got ${problem}.`)),
      );
    }
  }

  /** Waits until a request would be begun at once. */
  async whenFree(): Promise<void> {
    while (this.size > 0 && this.#idle.length === 0 && !this.#failure) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#failure) throw this.#failure;
  }

  /** Begins a request; call it after {@link whenFree}, with nothing awaited between. */
  begin(request: SortRequest): Promise<SortedRecords> {
    if (this.#failure) return Promise.reject(this.#failure);
    const worker = this.#idle.pop();
    if (!worker) {
      return new Promise((resolve) => resolve(this.#work.answer(request)));
    }
    const { buffer } = request.type === 'count' ? request.chunk.ids : request.buffer;
    const reply = new Promise<SortedRecords>((resolve, reject) => {
      this.#answers.set(worker, { resolve, reject });
    });
    worker.postMessage(request, [buffer]);
    return reply;
  }

  close(): void {
    this.#isClosed = true;
    for (const worker of this.#workers) worker.terminate();
  }

  #receive(worker: SortingWorker, reply: SortReply): void {
    const answer = this.#answers.get(worker);
    this.#answers.delete(worker);
    this.#idle.push(worker);
    if (reply.type === 'sorted') answer?.resolve(reply);
    else answer?.reject(new Error(reply.message));
    this.#wake();
  }

  #fail(error: Error): void {
    if (this.#isClosed) return;
    this.#failure ??= error;
    for (const { reject } of this.#answers.values()) reject(error);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
