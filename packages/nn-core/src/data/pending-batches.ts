import type { Batch } from './batch.ts';

/** Batches that are being made ahead of those that were asked for, each under its step. */
export class PendingBatches {
  readonly #start: (step: number, isAhead: boolean) => void;
  readonly #ahead: number;
  /** Made or being made, and not asked for yet. */
  readonly #waiting = new Map<number, Promise<Batch>>();
  /** Being made. */
  readonly #unsettled = new Map<number, Unsettled>();
  #failure: Error | undefined;

  /**
   * @param start begins to make a step's batch, asked for or ahead of it, which {@link resolve} or {@link reject} ends
   * @param ahead how many batches are made before they are asked for
   */
  constructor(start: (step: number, isAhead: boolean) => void, ahead: number) {
    this.#start = start;
    this.#ahead = ahead;
  }

  /** How many are being made. */
  get size(): number {
    return this.#unsettled.size;
  }

  /** The batch of a step; those after it are begun, and those that nobody will ask for are forgotten. */
  take(step: number): Promise<Batch> {
    if (this.#failure) return Promise.reject(this.#failure);
    for (const known of this.#waiting.keys()) {
      if (known < step || known > step + this.#ahead) this.#waiting.delete(known);
    }
    const batch = this.#waiting.get(step) ?? this.#begin(step, false);
    this.#waiting.delete(step);
    for (let next = step + 1; next <= step + this.#ahead; next++) {
      if (!this.#waiting.has(next)) this.#waiting.set(next, this.#begin(next, true));
    }
    return batch;
  }

  resolve(step: number, batch: Batch): void {
    this.#unsettled.get(step)?.resolve(batch);
    this.#unsettled.delete(step);
  }

  reject(step: number, error: Error): void {
    this.#unsettled.get(step)?.reject(error);
    this.#unsettled.delete(step);
  }

  /**
   * Ends everything: what is being made, and all that will be asked for, fails with this. Only the first end counts.
   */
  fail(failure: Error): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#waiting.clear();
    for (const step of [...this.#unsettled.keys()]) this.reject(step, failure);
  }

  #begin(step: number, isAhead: boolean): Promise<Batch> {
    const begun = this.#unsettled.get(step);
    if (begun) return begun.promise;
    let settle: Pick<Unsettled, 'resolve' | 'reject'> | undefined;
    const promise = new Promise<Batch>((resolve, reject) => {
      settle = { resolve, reject };
    });
    promise.catch(() => {}); // whoever asks for it is told; before that, nobody is
    this.#unsettled.set(step, { promise, ...settle! });
    this.#start(step, isAhead);
    return promise;
  }
}

interface Unsettled {
  readonly promise: Promise<Batch>;
  resolve(batch: Batch): void;
  reject(error: Error): void;
}
