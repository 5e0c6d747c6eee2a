import { leastBusy, QueuedWorker } from '../threads/queued-worker.ts';
import type { ClassifierMemory } from './classifier-memory.ts';
import { TEXT_TRAINING_KERNEL } from './text-training-kernel.wasm.ts';

/** Examples that are trained on at once. */
export interface ExampleBlock {
  /** In the order of training. */
  readonly first: number;
  readonly last: number;
  /** Draws depend on it and the seed. */
  readonly number: number;
  readonly learningRate: number;
  /** What the learning rate falls by with each example. */
  readonly slope: number;
}

/** What training on a block came to. */
export interface BlockReport {
  /** The sum over examples, in nats. */
  readonly loss: number;
  readonly examples: number;
}

/** Threads that run the kernel. */
export interface ClassifierThreads {
  /** Trains on blocks, each as a thread is free. @param blocks taken when there is a thread for the next */
  run(
    blocks: Iterable<ExampleBlock>,
    finish: (report: BlockReport) => void,
  ): AsyncGenerator<void, void, void>;
  close(): void;
}

/** @param count 1 for this thread alone @throws {Error} if memory cannot be shared with workers here */
export async function startClassifierThreads(
  memory: ClassifierMemory,
  count: number,
  seed: number,
  caller: string,
): Promise<ClassifierThreads> {
  kernel ??= WebAssembly.compile(Uint8Array.from(atob(TEXT_TRAINING_KERNEL), (byte) => byte.charCodeAt(0)));
  const module = await kernel;
  const seeds = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
  return count === 1
    ? new ThisThread(memory, module, seeds)
    : await WorkerThreads.start(memory, module, seeds, count, caller);
}

let kernel: Promise<WebAssembly.Module> | undefined;

type Seeds = readonly [number, number];

interface KernelExports {
  configure(shared: number, own: number): void;
  train(...parameters: KernelParameters): void;
}

type KernelParameters = [
  first: number,
  last: number,
  seedLow: number,
  seedHigh: number,
  block: number,
  learningRate: number,
  slope: number,
];

function parametersOf(block: ExampleBlock, [low, high]: Seeds): KernelParameters {
  return [block.first, block.last, low, high, block.number, block.learningRate, block.slope];
}

function reportIn(buffer: ArrayBufferLike, address: number): BlockReport {
  const view = new DataView(buffer, address, 12);
  return { loss: view.getFloat64(0, true), examples: view.getUint32(8, true) };
}

class ThisThread implements ClassifierThreads {
  readonly #kernel: KernelExports;
  readonly #memory: ClassifierMemory;
  readonly #seeds: Seeds;

  constructor(memory: ClassifierMemory, module: WebAssembly.Module, seeds: Seeds) {
    this.#memory = memory;
    this.#seeds = seeds;
    const instance = new WebAssembly.Instance(module, { env: { memory: memory.memory } });
    this.#kernel = instance.exports as unknown as KernelExports;
    this.#kernel.configure(memory.shared, memory.own[0]!);
  }

  async *run(
    blocks: Iterable<ExampleBlock>,
    finish: (report: BlockReport) => void,
  ): AsyncGenerator<void, void, void> {
    let breath = performance.now();
    for (const block of blocks) {
      this.#kernel.train(...parametersOf(block, this.#seeds));
      finish(reportIn(this.#memory.memory.buffer, this.#memory.reports[0]!));
      if (performance.now() - breath < BREATH_MILLISECONDS) continue;
      yield;
      await new Promise((resolve) => setTimeout(resolve));
      breath = performance.now();
    }
  }

  close(): void {}
}

/** How long this thread trains before other work on it gets a turn. */
const BREATH_MILLISECONDS = 40;

/** Blocks that a worker is given before it has done the first of them. */
const QUEUE = 2;

class WorkerThreads implements ClassifierThreads {
  readonly #workers: readonly QueuedWorker[];
  readonly #seeds: Seeds;

  private constructor(workers: readonly QueuedWorker[], seeds: Seeds) {
    this.#workers = workers;
    this.#seeds = seeds;
  }

  static async start(
    memory: ClassifierMemory,
    module: WebAssembly.Module,
    seeds: Seeds,
    count: number,
    caller: string,
  ): Promise<WorkerThreads> {
    const workers: QueuedWorker[] = [];
    try {
      for (let thread = 0; thread < count; thread++) workers.push(new QueuedWorker(caller));
      await Promise.all(
        workers.map((worker, thread) =>
          worker.send({
            module,
            memory: memory.memory,
            shared: memory.shared,
            own: memory.own[thread],
            report: memory.reports[thread],
          }),
        ),
      );
    } catch (error) {
      for (const worker of workers) worker.close();
      throw error;
    }
    return new WorkerThreads(workers, seeds);
  }

  async *run(
    blocks: Iterable<ExampleBlock>,
    finish: (report: BlockReport) => void,
  ): AsyncGenerator<void, void, void> {
    for (const block of blocks) {
      let worker = leastBusy(this.#workers);
      while (worker.busy >= QUEUE) {
        await Promise.race(this.#workers.map(({ oldest }) => oldest));
        worker = leastBusy(this.#workers);
        yield;
      }
      worker.send(parametersOf(block, this.#seeds)).then(
        (report) => finish(reportIn(report as ArrayBufferLike, 0)),
        () => {}, // whoever waits for the oldest hears of it
      );
    }
    for (const worker of this.#workers) while (worker.busy > 0) await worker.oldest;
  }

  close(): void {
    for (const worker of this.#workers) worker.close();
  }
}
