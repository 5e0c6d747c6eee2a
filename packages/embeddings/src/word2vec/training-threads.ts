import { readReport, type TrainingMemory, type TrainingReport } from './training-memory.ts';
import { WORD_TRAINING_KERNEL } from './word-training-kernel.wasm.ts';

/** A block on its way to the kernel. */
export interface BlockTask {
  readonly ids: Int32Array;
  /** From 0 on through all epochs: with the seed it says what is drawn. */
  readonly number: number;
  readonly learningRate: number;
  /** What each word takes from the learning rate. */
  readonly slope: number;
  readonly minLearningRate: number;
}

/** What trains: this thread alone, or workers that share the memory. */
export interface TrainingThreads {
  readonly count: number;
  /**
   * Has a block trained, once there is room for it. In lock step each block is every thread's, otherwise one thread's.
   *
   * @param finish called when the block is done
   */
  train(task: BlockTask, finish: (report: TrainingReport) => void): Promise<void>;
  /** Waits until no block is on its way. */
  drain(): Promise<void>;
  close(): void;
}

/**
 * Starts threads.
 *
 * @param count 1 for this thread alone
 * @throws {Error} if memory cannot be shared with workers here
 */
export async function startThreads(
  memory: TrainingMemory,
  { count, inLockStep, seed, caller }: ThreadSettings,
): Promise<TrainingThreads> {
  const module = await compileKernel();
  const seeds: [number, number] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  if (count === 1) return new ThisThread(memory, module, seeds);
  const threads: WorkerThread[] = [];
  try {
    for (let thread = 0; thread < count; thread++) {
      threads.push(new WorkerThread(startWorker(caller), memory, module, thread, seeds, caller));
    }
    await Promise.all(threads.map(({ ready }) => ready));
  } catch (error) {
    for (const thread of threads) thread.close();
    throw error;
  }
  return inLockStep ? new LockStepThreads(threads, memory) : new FreeThreads(threads, memory);
}

export interface ThreadSettings {
  readonly count: number;
  readonly inLockStep: boolean;
  readonly seed: number;
  readonly caller: string;
}

/** Whether workers can share memory here: in browsers only pages that are isolated from other origins may. */
export function sharesMemory(): boolean {
  return 'crossOriginIsolated' in globalThis ? globalThis.crossOriginIsolated : true;
}

interface KernelExports {
  configure(shared: number, own: number): void;
  train(
    ids: number,
    count: number,
    seedLow: number,
    seedHigh: number,
    block: number,
    learningRate: number,
    slope: number,
    least: number,
  ): void;
}

class ThisThread implements TrainingThreads {
  readonly count = 1;
  readonly #memory: TrainingMemory;
  readonly #kernel: KernelExports;
  readonly #seeds: readonly [number, number];
  #breath = performance.now();

  constructor(memory: TrainingMemory, module: WebAssembly.Module, seeds: readonly [number, number]) {
    this.#memory = memory;
    this.#seeds = seeds;
    const instance = new WebAssembly.Instance(module, { env: { memory: memory.memory } });
    this.#kernel = instance.exports as unknown as KernelExports;
    this.#kernel.configure(memory.shared, memory.own[0]!);
  }

  async train(task: BlockTask, finish: (report: TrainingReport) => void): Promise<void> {
    const address = this.#memory.slotAddress(0, 0);
    this.#memory.writeBlock(address, task.ids);
    this.#kernel.train(...kernelArguments(address, task, this.#seeds));
    finish(this.#memory.readReport(0));
    if (performance.now() - this.#breath < BREATH_MILLISECONDS) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#breath = performance.now();
  }

  async drain(): Promise<void> {}

  close(): void {}
}

/** Each block goes to a thread that has room for it; nothing but luck orders their updates. */
class FreeThreads implements TrainingThreads {
  readonly count: number;
  readonly #threads: readonly WorkerThread[];
  readonly #memory: TrainingMemory;

  constructor(threads: readonly WorkerThread[], memory: TrainingMemory) {
    this.count = threads.length;
    this.#threads = threads;
    this.#memory = memory;
  }

  async train(task: BlockTask, finish: (report: TrainingReport) => void): Promise<void> {
    let thread = leastBusy(this.#threads);
    while (thread.busy === SLOTS) {
      await Promise.race(this.#threads.map((each) => each.oldest));
      thread = leastBusy(this.#threads);
    }
    thread.send(this.#memory, task, finish);
  }

  async drain(): Promise<void> {
    await drain(this.#threads);
  }

  close(): void {
    for (const thread of this.#threads) thread.close();
  }
}

/** Each block goes to all threads, which do their shares of it side by side. */
class LockStepThreads implements TrainingThreads {
  readonly count: number;
  readonly #threads: readonly WorkerThread[];
  readonly #memory: TrainingMemory;

  constructor(threads: readonly WorkerThread[], memory: TrainingMemory) {
    this.count = threads.length;
    this.#threads = threads;
    this.#memory = memory;
  }

  async train(task: BlockTask, finish: (report: TrainingReport) => void): Promise<void> {
    while (this.#threads.some(({ busy }) => busy === SLOTS)) {
      await Promise.all(this.#threads.map((each) => each.oldest));
    }
    for (const [index, thread] of this.#threads.entries()) {
      thread.send(this.#memory, task, index === 0 ? finish : () => {});
    }
  }

  async drain(): Promise<void> {
    await drain(this.#threads);
  }

  close(): void {
    this.#memory.stopWaiting();
    for (const thread of this.#threads) thread.close();
  }
}

/** One block is trained on while the next one waits. */
const SLOTS = 2;

/** How long this thread trains before other work on it gets a turn. */
const BREATH_MILLISECONDS = 40;

function leastBusy(threads: readonly WorkerThread[]): WorkerThread {
  return threads.reduce((best, thread) => (thread.busy < best.busy ? thread : best));
}

async function drain(threads: readonly WorkerThread[]): Promise<void> {
  for (const thread of threads) while (thread.busy > 0) await thread.oldest;
}

/** A worker, and the blocks that it has been sent. */
class WorkerThread {
  readonly ready: Promise<void>;
  readonly #worker: KernelWorker;
  readonly #index: number;
  readonly #seeds: readonly [number, number];
  readonly #pending: {
    done: Promise<void>;
    resolve(report: TrainingReport): void;
    reject(error: Error): void;
  }[] = [];
  #slot: 0 | 1 = 0;
  #failure: Error | undefined;

  constructor(
    worker: KernelWorker,
    memory: TrainingMemory,
    module: WebAssembly.Module,
    index: number,
    seeds: readonly [number, number],
    caller: string,
  ) {
    this.#worker = worker;
    this.#index = index;
    this.#seeds = seeds;
    let open!: () => void;
    let refuse!: (error: Error) => void;
    this.ready = new Promise((resolve, reject) => {
      open = resolve;
      refuse = reject;
    });
    const report = memory.reportAddress(index);
    worker.listen(
      (message) => {
        if (message === 'ready') open();
        else this.#pending[0]?.resolve(readReport(message as ArrayBufferLike, 0));
      },
      (problem) => {
        this.#failure = new Error(`${caller}: a worker must go on, got ${problem}.`);
        refuse(this.#failure);
        memory.stopWaiting();
        for (const { reject } of this.#pending) reject(this.#failure);
      },
    );
    worker.postMessage({
      module,
      memory: memory.memory,
      shared: memory.shared,
      own: memory.own[index],
      report,
    });
  }

  get busy(): number {
    return this.#pending.length;
  }

  /** Settles when the block that was sent first is done; at once if there is none. */
  get oldest(): Promise<void> {
    return this.#pending[0]?.done ?? Promise.resolve();
  }

  send(memory: TrainingMemory, task: BlockTask, finish: (report: TrainingReport) => void): void {
    if (this.#failure) throw this.#failure;
    const address = memory.slotAddress(this.#index, this.#slot);
    this.#slot = this.#slot === 0 ? 1 : 0;
    memory.writeBlock(address, task.ids);
    let resolve!: (report: TrainingReport) => void;
    let reject!: (error: Error) => void;
    const done = new Promise<TrainingReport>((onReport, onError) => {
      resolve = onReport;
      reject = onError;
    }).then((report) => {
      this.#pending.shift();
      finish(report);
    });
    done.catch(() => {}); // whoever waits for it hears of it
    this.#pending.push({ done, resolve, reject });
    this.#worker.postMessage(kernelArguments(address, task, this.#seeds));
  }

  close(): void {
    this.#worker.terminate();
  }
}

function kernelArguments(
  address: number,
  { ids, number, learningRate, slope, minLearningRate }: BlockTask,
  [seedLow, seedHigh]: readonly [number, number],
): Parameters<KernelExports['train']> {
  return [address, ids.length, seedLow, seedHigh, number, learningRate, slope, minLearningRate];
}

/** A worker of a browser or of Node. */
export interface KernelWorker {
  postMessage(message: unknown): void;
  listen(message: (message: unknown) => void, failure: (problem: string) => void): void;
  terminate(): void;
}

/**
 * What a worker runs: all its work is the kernel's, so that this text needs no module of its own, whatever bundles it. First it is given the
 * kernel, then the arguments of each call; it answers with a copy of the report.
 */
const WORKER_SOURCE = `
let train, memory, report;
const receive = (data) => {
  if (train) {
    train(...data);
    return memory.buffer.slice(report, report + 24);
  }
  const { exports } = new WebAssembly.Instance(data.module, { env: { memory: data.memory } });
  exports.configure(data.shared, data.own);
  ({ memory, report } = data);
  train = exports.train;
  return 'ready';
};
`;

export function startWorker(caller: string): KernelWorker {
  const threads = nodeThreads();
  if (threads) {
    const worker = new threads.Worker(
      `${WORKER_SOURCE}const { parentPort } = require('node:worker_threads');
parentPort.on('message', (data) => parentPort.postMessage(receive(data)));`,
      { eval: true },
    );
    return {
      postMessage: (message) => worker.postMessage(message),
      listen(message, failure) {
        worker.on('message', message);
        worker.on('error', (error) => failure(String(error)));
        worker.on('exit', (code) => failure(`exit code ${String(code)}`));
      },
      terminate: () => void worker.terminate(),
    };
  }
  if (!sharesMemory()) {
    throw new Error(
      `${caller}: workers must be 1 in a page that is not cross-origin isolated, as memory cannot be shared there. ` +
        'Serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.',
    );
  }
  const url = URL.createObjectURL(
    new Blob([`${WORKER_SOURCE}self.onmessage = ({ data }) => self.postMessage(receive(data));`], {
      type: 'text/javascript',
    }),
  );
  const worker = new Worker(url);
  return {
    postMessage: (message) => worker.postMessage(message),
    listen(message, failure) {
      worker.addEventListener('message', ({ data }) => message(data));
      worker.addEventListener('error', (event) => failure(event.message || 'a worker that cannot start'));
    },
    terminate() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/** What is needed of Node's `worker_threads`. */
interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: { eval: true },
  ) => {
    postMessage(message: unknown): void;
    on(event: string, listener: (value: unknown) => void): unknown;
    terminate(): unknown;
  };
}

/** Node's module, without an import that browsers' bundlers would have to understand. */
function nodeThreads(): NodeThreads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined;
}

let kernel: Promise<WebAssembly.Module> | undefined;

function compileKernel(): Promise<WebAssembly.Module> {
  kernel ??= WebAssembly.compile(Uint8Array.from(atob(WORD_TRAINING_KERNEL), (byte) => byte.charCodeAt(0)));
  return kernel;
}
