import { leastBusy, QueuedWorker } from '../threads/queued-worker.ts';
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
  const seeds: Seeds = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  if (count === 1) return new ThisThread(memory, module, seeds);
  const workers: QueuedWorker[] = [];
  try {
    for (let thread = 0; thread < count; thread++) {
      workers.push(new QueuedWorker(caller, () => memory.stopWaiting()));
    }
    await Promise.all(
      workers.map((worker, thread) =>
        worker.send({
          module,
          memory: memory.memory,
          shared: memory.shared,
          own: memory.own[thread],
          report: memory.reportAddress(thread),
        }),
      ),
    );
  } catch (error) {
    for (const worker of workers) worker.close();
    throw error;
  }
  return new WorkerThreads(workers, memory, seeds, inLockStep);
}

export interface ThreadSettings {
  readonly count: number;
  readonly inLockStep: boolean;
  readonly seed: number;
  readonly caller: string;
}

/** A seed's lower and higher 32 bits. */
type Seeds = readonly [number, number];

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
  readonly #seeds: Seeds;
  #breath = performance.now();

  constructor(memory: TrainingMemory, module: WebAssembly.Module, seeds: Seeds) {
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

/** How long this thread trains before other work on it gets a turn. */
const BREATH_MILLISECONDS = 40;

/** One block is trained on while the next one waits. */
const SLOTS = 2;

/** Workers that share the memory. Nothing but luck orders their updates, unless they go in lock step. */
class WorkerThreads implements TrainingThreads {
  readonly count: number;
  readonly #workers: readonly QueuedWorker[];
  readonly #memory: TrainingMemory;
  readonly #seeds: Seeds;
  readonly #inLockStep: boolean;
  /** By worker, where its next block goes. */
  readonly #slots: (0 | 1)[];

  constructor(workers: readonly QueuedWorker[], memory: TrainingMemory, seeds: Seeds, inLockStep: boolean) {
    this.count = workers.length;
    this.#workers = workers;
    this.#memory = memory;
    this.#seeds = seeds;
    this.#inLockStep = inLockStep;
    this.#slots = workers.map(() => 0);
  }

  async train(task: BlockTask, finish: (report: TrainingReport) => void): Promise<void> {
    if (this.#inLockStep) {
      for (const worker of this.#workers) while (worker.busy === SLOTS) await worker.oldest;
      for (const [index, worker] of this.#workers.entries())
        this.#send(worker, task, index === 0 ? finish : () => {});
    } else {
      while (leastBusy(this.#workers).busy === SLOTS)
        await Promise.race(this.#workers.map(({ oldest }) => oldest));
      this.#send(leastBusy(this.#workers), task, finish);
    }
  }

  async drain(): Promise<void> {
    for (const worker of this.#workers) while (worker.busy > 0) await worker.oldest;
  }

  close(): void {
    this.#memory.stopWaiting();
    for (const worker of this.#workers) worker.close();
  }

  #send(worker: QueuedWorker, task: BlockTask, finish: (report: TrainingReport) => void): void {
    const thread = this.#workers.indexOf(worker);
    const address = this.#memory.slotAddress(thread, this.#slots[thread]!);
    this.#slots[thread] = this.#slots[thread] === 0 ? 1 : 0;
    this.#memory.writeBlock(address, task.ids);
    worker.send(kernelArguments(address, task, this.#seeds)).then(
      (report) => finish(readReport(report as ArrayBufferLike, 0)),
      () => {}, // whoever waits for the oldest hears of it
    );
  }
}

function kernelArguments(
  address: number,
  { ids, number, learningRate, slope, minLearningRate }: BlockTask,
  [seedLow, seedHigh]: Seeds,
): Parameters<KernelExports['train']> {
  return [address, ids.length, seedLow, seedHigh, number, learningRate, slope, minLearningRate];
}

let kernel: Promise<WebAssembly.Module> | undefined;

function compileKernel(): Promise<WebAssembly.Module> {
  kernel ??= WebAssembly.compile(Uint8Array.from(atob(WORD_TRAINING_KERNEL), (byte) => byte.charCodeAt(0)));
  return kernel;
}
