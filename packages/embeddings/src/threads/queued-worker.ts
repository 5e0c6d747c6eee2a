import { type KernelWorker, startWorker } from './kernel-worker.ts';

/** A worker that answers messages in their order. */
export class QueuedWorker {
  readonly #worker: KernelWorker;
  readonly #pending: {
    answer: Promise<unknown>;
    resolve(value: unknown): void;
    reject(error: Error): void;
  }[] = [];
  #failure: Error | undefined;

  /** @param onFailure called should the worker end by itself @throws {Error} if memory cannot be shared with workers here */
  constructor(caller: string, onFailure: () => void = () => {}) {
    this.#worker = startWorker(caller);
    this.#worker.listen(
      (message) => this.#pending.shift()?.resolve(message),
      (problem) => {
        this.#failure = new Error(`${caller}: a worker must go on, got ${problem}.`);
        onFailure();
        for (const { reject } of this.#pending) reject(this.#failure);
      },
    );
  }

  get busy(): number {
    return this.#pending.length;
  }

  /** The answer to the message that was sent first of those that have none yet. */
  get oldest(): Promise<unknown> {
    return this.#pending[0]?.answer ?? Promise.resolve();
  }

  /** Waiting for the answer is left to whoever wants to hear of a failure. */
  send(message: unknown): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    let resolve!: (value: unknown) => void;
    let reject!: (error: Error) => void;
    const answer = new Promise<unknown>((onAnswer, onError) => {
      resolve = onAnswer;
      reject = onError;
    });
    answer.catch(() => {});
    this.#pending.push({ answer, resolve, reject });
    this.#worker.postMessage(message);
    return answer;
  }

  close(): void {
    this.#worker.terminate();
  }
}

/** The one with the fewest messages to answer. */
export function leastBusy(workers: readonly QueuedWorker[]): QueuedWorker {
  return workers.reduce((best, worker) => (worker.busy < best.busy ? worker : best));
}
