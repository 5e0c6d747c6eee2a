import { QueuedWorker } from '../threads/queued-worker.ts';
import { RECORD_WORDS } from './count-records.ts';
import { GLOVE_KERNEL } from './glove-kernel.wasm.ts';
import type { BlockPlace, GloveMemory } from './glove-memory.ts';

/** What trains: this thread alone, or workers that go through each block together. */
export interface GloveThreads {
  /**
   * Has a block trained on, once there is room for it.
   *
   * @param finish called with the sum of its losses when the block is done
   * @returns how many pairs it has
   */
  train(block: Uint32Array, finish: (loss: number) => void): Promise<number>;
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
export async function startGloveThreads(
  memory: GloveMemory,
  count: number,
  caller: string,
): Promise<GloveThreads> {
  const module = await compileKernel();
  const kernel = new WebAssembly.Instance(module, { env: { memory: memory.memory } })
    .exports as unknown as KernelExports;
  kernel.configure(memory.shared, memory.own[0]!);
  if (count === 1) return new ThisThread(memory, kernel);
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
          report: memory.own[thread],
        }),
      ),
    );
  } catch (error) {
    for (const worker of workers) worker.close();
    throw error;
  }
  return new WorkerThreads(workers, memory, kernel);
}

interface KernelExports {
  configure(shared: number, own: number): void;
  arrange(records: number, count: number, arranged: number, starts: number): void;
  train(arranged: number, starts: number, losses: number): void;
}

function arrange(
  kernel: KernelExports,
  memory: GloveMemory,
  place: BlockPlace,
  block: Uint32Array,
): Parameters<KernelExports['train']> {
  memory.writeBlock(place, block);
  kernel.arrange(place.records, block.length / RECORD_WORDS, place.arranged, place.starts);
  return [place.arranged, place.starts, place.losses];
}

class ThisThread implements GloveThreads {
  readonly #memory: GloveMemory;
  readonly #kernel: KernelExports;
  #breath = performance.now();

  constructor(memory: GloveMemory, kernel: KernelExports) {
    this.#memory = memory;
    this.#kernel = kernel;
  }

  async train(block: Uint32Array, finish: (loss: number) => void): Promise<number> {
    const place = this.#memory.blocks[0];
    this.#kernel.train(...arrange(this.#kernel, this.#memory, place, block));
    finish(this.#memory.readLoss(place));
    if (performance.now() - this.#breath >= BREATH_MILLISECONDS) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#breath = performance.now();
    }
    return this.#memory.readPairs(place);
  }

  async drain(): Promise<void> {}

  close(): void {}
}

/** How long this thread trains before other work on it gets a turn. */
const BREATH_MILLISECONDS = 40;

class WorkerThreads implements GloveThreads {
  readonly #workers: readonly QueuedWorker[];
  readonly #memory: GloveMemory;
  readonly #kernel: KernelExports;
  /** By place, the block that is there on its way. */
  readonly #pending: Promise<void>[] = [];
  #next = 0;

  constructor(workers: readonly QueuedWorker[], memory: GloveMemory, kernel: KernelExports) {
    this.#workers = workers;
    this.#memory = memory;
    this.#kernel = kernel;
  }

  async train(block: Uint32Array, finish: (loss: number) => void): Promise<number> {
    const at = this.#next;
    this.#next = 1 - at;
    await this.#pending[at];
    const place = this.#memory.blocks[at]!;
    const task = arrange(this.#kernel, this.#memory, place, block);
    const all = Promise.all(this.#workers.map((worker) => worker.send(task)));
    this.#pending[at] = all.then(() => finish(this.#memory.readLoss(place)));
    this.#pending[at].catch(() => {}); // whoever waits for it hears of it
    return this.#memory.readPairs(place);
  }

  async drain(): Promise<void> {
    for (const pending of this.#pending) await pending;
  }

  close(): void {
    this.#memory.stopWaiting();
    for (const worker of this.#workers) worker.close();
  }
}

let kernelModule: Promise<WebAssembly.Module> | undefined;

function compileKernel(): Promise<WebAssembly.Module> {
  kernelModule ??= WebAssembly.compile(Uint8Array.from(atob(GLOVE_KERNEL), (byte) => byte.charCodeAt(0)));
  return kernelModule;
}
