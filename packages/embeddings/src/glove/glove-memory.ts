import { BLOCK_RECORDS, RECORD_BYTES } from './count-records.ts';
import type { GloveModelFields } from './glove-model.ts';

/** What assembly/glove.ts trains, and how. */
export interface GlovePlan {
  readonly caller: string;
  /** Numbers in a vector. */
  readonly size: number;
  readonly words: number;
  readonly threads: number;
  readonly isSymmetric: boolean;
  /** What a count is divided by. */
  readonly scale: number;
  readonly xMax: number;
  readonly alpha: number;
  readonly learningRate: number;
  readonly biasRate: number;
  readonly gradientClip: number;
  /** Of the order of pairs. */
  readonly keys: Uint32Array;
}

/** Where a block lies while it is arranged and trained on. */
export interface BlockPlace {
  readonly records: number;
  readonly arranged: number;
  readonly starts: number;
  readonly losses: number;
}

/** Where rows and blocks lie in the memory that threads share. */
export class GloveMemory {
  readonly memory: WebAssembly.Memory;
  /** Byte address of what all threads are configured by. */
  readonly shared: number;
  /** Byte address of what each thread is configured by. */
  readonly own: readonly number[];
  /** One is trained on while the next one is arranged. */
  readonly blocks: readonly [BlockPlace, BlockPlace];
  readonly #plan: GlovePlan;
  readonly #rows: number;
  readonly #stride: number;
  readonly #vectorBytes: number;
  readonly #barrier: number;

  /** @throws {RangeError} if rows need more than the 4 GiB that a WebAssembly memory may have */
  constructor(plan: GlovePlan) {
    this.#plan = plan;
    let end = KERNEL_BYTES;
    const take = (bytes: number): number => {
      const address = end;
      end += Math.ceil(bytes / 64) * 64;
      return address;
    };
    this.shared = take(128);
    this.#barrier = take(64);
    this.own = Array.from({ length: plan.threads }, () => take(64));
    const takeBlock = (): BlockPlace => ({
      records: take(BLOCK_RECORDS * RECORD_BYTES),
      arranged: take(2 * BLOCK_RECORDS * RECORD_BYTES),
      starts: take(4 * (CELLS + 1)),
      losses: take(8 * CELLS),
    });
    this.blocks = [takeBlock(), takeBlock()];
    this.#vectorBytes = Math.ceil(plan.size / 4) * 16;
    this.#stride = strideOf(plan.size);
    this.#rows = take(plan.words * 2 * this.#stride);
    const pages = Math.ceil(end / PAGE_BYTES);
    if (pages >= MOST_PAGES) throw tooLarge(plan.caller, plan.words, plan.size);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { scale, xMax, alpha, learningRate, biasRate, gradientClip } = plan;
    new Float64Array(this.memory.buffer, this.shared).set([
      ...[scale, Math.log(xMax), alpha, learningRate, biasRate, gradientClip],
    ]);
    new Uint32Array(this.memory.buffer, this.shared + 48).set([
      this.#rows,
      this.#stride,
      this.#vectorBytes,
      this.#rows + plan.words * this.#stride,
      plan.threads,
      this.#barrier,
      Number(plan.isSymmetric),
      ...plan.keys,
    ]);
    for (const [thread, own] of this.own.entries()) new Uint32Array(this.memory.buffer, own).set([thread]);
  }

  writeBlock({ records }: BlockPlace, block: Uint32Array): void {
    new Uint32Array(this.memory.buffer, records, block.length).set(block);
  }

  /** Pairs of a block that is arranged. */
  readPairs({ starts }: BlockPlace): number {
    return new Uint32Array(this.memory.buffer, starts)[CELLS]!;
  }

  /** The sum of the losses of a block's pairs, in one order for any number of threads. */
  readLoss({ losses }: BlockPlace): number {
    return new Float64Array(this.memory.buffer, losses, CELLS).reduce((sum, loss) => sum + loss, 0);
  }

  /** Makes threads that wait for one another give up. */
  stopWaiting(): void {
    Atomics.store(new Int32Array(this.memory.buffer), this.#barrier / 4 + 2, 1);
  }

  write({ table, biases, squares, biasSquares }: Tables): void {
    const memory = new Float32Array(this.memory.buffer);
    const { size, words } = this.#plan;
    for (let row = 0; row < 2 * words; row++) {
      const [vector, square, bias] = this.#places(row);
      memory.set(table.subarray(row * size, (row + 1) * size), vector);
      memory.set(squares.subarray(row * size, (row + 1) * size), square);
      memory[bias] = biases[row]!;
      memory[bias + 1] = biasSquares[row]!;
    }
  }

  /** Copies. */
  read(): Tables {
    const memory = new Float32Array(this.memory.buffer);
    const { size, words } = this.#plan;
    const tables = emptyTables(2 * words, size);
    for (let row = 0; row < 2 * words; row++) {
      const [vector, square, bias] = this.#places(row);
      tables.table.set(memory.subarray(vector, vector + size), row * size);
      tables.squares.set(memory.subarray(square, square + size), row * size);
      tables.biases[row] = memory[bias]!;
      tables.biasSquares[row] = memory[bias + 1]!;
    }
    return tables;
  }

  /** A copy of the vectors alone. */
  readTable(): Float32Array {
    const memory = new Float32Array(this.memory.buffer);
    const { size, words } = this.#plan;
    const table = new Float32Array(2 * words * size);
    for (let row = 0; row < 2 * words; row++) {
      const [vector] = this.#places(row);
      table.set(memory.subarray(vector, vector + size), row * size);
    }
    return table;
  }

  /** Where a row's vector, its squares and its bias are, in numbers of 4 bytes. */
  #places(row: number): [number, number, number] {
    const start = (this.#rows + row * this.#stride) / 4;
    const length = this.#vectorBytes / 4;
    return [start, start + length, start + 2 * length];
  }
}

/** What training changes. */
export type Tables = Pick<GloveModelFields, 'table' | 'biases' | 'squares' | 'biasSquares'>;

export function emptyTables(rows: number, size: number): Tables {
  return {
    table: new Float32Array(rows * size),
    biases: new Float32Array(rows),
    squares: new Float32Array(rows * size),
    biasSquares: new Float32Array(rows),
  };
}

/** Refuses rows that cannot fit, before any memory is taken for them. */
export function requireGloveRoom(caller: string, words: number, size: number): void {
  if (2 * words * strideOf(size) < PAGE_BYTES * MOST_PAGES) return;
  throw tooLarge(caller, words, size);
}

function tooLarge(caller: string, words: number, size: number): RangeError {
  return new RangeError(
    `${caller}: rows must fit 4 GiB, got ${2 * words} of ${size} numbers and their squares. ` +
      'Raise minCount, or lower size or maxVocabSize.',
  );
}

function strideOf(size: number): number {
  return Math.ceil((2 * Math.ceil(size / 4) * 16 + 8) / 64) * 64;
}

/** As in assembly/glove.ts: 16 shards of words by 16 of contexts. */
const CELLS = 16 * 16;
/** The first bytes hold the tables of the kernel's logarithm and exponential. */
const KERNEL_BYTES = 16384;
const PAGE_BYTES = 65536;
const MOST_PAGES = 65536;
