import type { HuffmanPaths } from '../vocabulary/huffman-tree.ts';
import { BLOCK_IDS, SENTENCE_WORDS } from '../vocabulary/id-blocks.ts';

/** What predicts what. */
export type KernelArchitecture = 'skip-gram' | 'bag' | 'document';

/** What assembly/word-training.ts trains, and how. */
export interface KernelPlan {
  readonly caller: string;
  readonly architecture: KernelArchitecture;
  /** Numbers in a vector. */
  readonly size: number;
  readonly inputRows: number;
  readonly outputRows: number;
  readonly documentRows: number;
  /** By word: the limit of a draw out of 2³². */
  readonly keepLimits: Uint32Array;
  /** See `aliasTable`. */
  readonly negativeTable: Uint32Array;
  /** Hierarchical softmax, if there. */
  readonly paths: HuffmanPaths | undefined;
  /** Input rows of each word, if they are more than its own. */
  readonly rowLists: RowLists | undefined;
  readonly window: number;
  readonly shrinksWindow: boolean;
  readonly negative: number;
  readonly isMean: boolean;
  /** Whether each input row moves by its share of the gradient. */
  readonly sharesGradient: boolean;
  readonly movesWords: boolean;
  readonly movesOutputs: boolean;
  readonly threads: number;
  /** Groups of outputs that are scored before any moves, 0 for one word at a time. */
  readonly batchGroups: number;
}

/** Lists of rows, one for each word. */
export interface RowLists {
  /** Where each list begins, and at last the end. */
  readonly starts: Uint32Array;
  readonly rows: Uint32Array;
}

/** Where tables and threads' scratches lie in the memory that they share. */
export class TrainingMemory {
  readonly memory: WebAssembly.Memory;
  /** Byte address of what all threads are configured by. */
  readonly shared: number;
  /** Byte address of what each thread is configured by. */
  readonly own: readonly number[];
  readonly #plan: KernelPlan;
  readonly #stride: number;
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #documents: number;
  readonly #barrier: number;
  readonly #reports: readonly number[];
  readonly #slots: readonly number[];

  /** @throws {RangeError} if tables and scratches need more than the 4 GiB that a WebAssembly memory may have */
  constructor(plan: KernelPlan) {
    this.#plan = plan;
    this.#stride = Math.ceil(plan.size / 16) * 64;
    let end = 1024;
    const take = (bytes: number): number => {
      const address = end;
      end += Math.ceil(bytes / 64) * 64;
      return address;
    };
    this.shared = take(256);
    this.#barrier = take(64);
    const capacity = capacityOf(plan);
    const exponentials = take(plan.batchGroups ? 4 * capacity.outputs + 32 : 0);
    const scratches = Array.from({ length: plan.threads }, () => ({
      own: take(64),
      words: take(4 * SENTENCE_WORDS),
      units: take(24 * capacity.units),
      unitRows: take(4 * capacity.rows),
      groups: take(8 * capacity.groups),
      groupOutputs: take(4 * capacity.outputs + 32),
      hidden: take(this.#stride),
      hiddenBefore: take(this.#stride),
      hiddenMoves: take(this.#stride),
      zeros: take(this.#stride),
      report: take(64),
      exponentials: take(plan.batchGroups ? 0 : 4 * capacity.outputs + 32),
      slots: take(2 * 4 * BLOCK_IDS),
    }));
    const keep = take(plan.keepLimits.byteLength);
    const draws = take(plan.negativeTable.byteLength);
    const paths = plan.paths ? take(plan.paths.starts.byteLength) : 0;
    const pathNodes = plan.paths ? take(plan.paths.nodes.byteLength) : 0;
    const rowLists = plan.rowLists ? take(plan.rowLists.starts.byteLength) : 0;
    const inputRows = plan.rowLists ? take(plan.rowLists.rows.byteLength) : 0;
    this.#inputs = take(plan.inputRows * this.#stride);
    this.#outputs = take(plan.outputRows * this.#stride);
    this.#documents = plan.documentRows > 0 ? take(plan.documentRows * this.#stride) : 0;
    const pages = Math.ceil(end / PAGE_BYTES);
    if (pages >= MOST_PAGES) throw tooLarge(plan.caller, totalRows(plan), plan.size);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.own = scratches.map(({ own }) => own);
    this.#reports = scratches.map(({ report }) => report);
    this.#slots = scratches.map(({ slots }) => slots);
    const architecture = { 'skip-gram': 0, bag: 1, document: 2 }[plan.architecture];
    this.#write(this.shared, [
      this.#inputs,
      this.#outputs,
      this.#documents,
      this.#stride,
      Math.ceil(plan.size / 4) * 16,
      keep,
      draws,
      plan.keepLimits.length,
      paths,
      pathNodes,
      rowLists,
      inputRows,
      architecture,
      Math.min(plan.window, SENTENCE_WORDS),
      Number(plan.shrinksWindow),
      plan.negative,
      Number(plan.isMean),
      Number(plan.sharesGradient),
      Number(plan.movesWords),
      Number(plan.movesOutputs),
      plan.threads,
      plan.batchGroups,
      exponentials,
      this.#barrier,
    ]);
    for (const [thread, scratch] of scratches.entries()) {
      const { own, slots: _, ...places } = scratch;
      this.#write(own, [thread, ...Object.values(places)]);
    }
    this.#write(keep, plan.keepLimits);
    this.#write(draws, plan.negativeTable);
    if (plan.paths) {
      this.#write(paths, plan.paths.starts);
      this.#write(pathNodes, plan.paths.nodes);
    }
    if (plan.rowLists) {
      this.#write(rowLists, plan.rowLists.starts);
      this.#write(inputRows, plan.rowLists.rows);
    }
  }

  /** Byte address of a place that takes a block for a thread. */
  slotAddress(thread: number, slot: 0 | 1): number {
    return this.#slots[thread]! + slot * 4 * BLOCK_IDS;
  }

  writeBlock(address: number, block: Int32Array): void {
    new Int32Array(this.memory.buffer, address, block.length).set(block);
  }

  /** What a thread reported of the last block that it trained on. */
  readReport(thread: number): TrainingReport {
    return readReport(this.memory.buffer, this.#reports[thread]!);
  }

  reportAddress(thread: number): number {
    return this.#reports[thread]!;
  }

  /** Makes threads that wait for one another give up. */
  stopWaiting(): void {
    Atomics.store(new Int32Array(this.memory.buffer), this.#barrier / 4 + 2, 1);
  }

  /** @param rows `[rows, size]`, for all rows of the table, or for its first ones */
  write(table: TableName, rows: Float32Array): void {
    const { size } = this.#plan;
    const target = new Float32Array(this.memory.buffer);
    for (let row = 0; row * size < rows.length; row++) {
      target.set(rows.subarray(row * size, (row + 1) * size), this.#address(table, row) / 4);
    }
  }

  /** @returns `[rows, size]`, a copy */
  read(table: TableName): Float32Array<ArrayBuffer> {
    const { size, inputRows, outputRows, documentRows } = this.#plan;
    const rows = { inputs: inputRows, outputs: outputRows, documents: documentRows }[table];
    const source = new Float32Array(this.memory.buffer);
    const copy = new Float32Array(rows * size);
    for (let row = 0; row < rows; row++) {
      const start = this.#address(table, row) / 4;
      copy.set(source.subarray(start, start + size), row * size);
    }
    return copy;
  }

  #address(table: TableName, row: number): number {
    const start = { inputs: this.#inputs, outputs: this.#outputs, documents: this.#documents }[table];
    return start + row * this.#stride;
  }

  #write(address: number, numbers: ArrayLike<number>): void {
    new Uint32Array(this.memory.buffer, address, numbers.length).set(numbers);
  }
}

/** Refuses tables that cannot fit, before any memory is taken for them. */
export function requireRoom(caller: string, rows: number, size: number): void {
  if (rows * Math.ceil(size / 16) * 64 >= PAGE_BYTES * MOST_PAGES) throw tooLarge(caller, rows, size);
}

function tooLarge(caller: string, rows: number, size: number): RangeError {
  return new RangeError(
    `${caller}: tables must fit 4 GiB, got ${rows} rows of ${size} numbers. ` +
      'Raise minCount, or lower size, maxVocabSize or the number of buckets.',
  );
}

function totalRows({ inputRows, outputRows, documentRows }: KernelPlan): number {
  return inputRows + outputRows + documentRows;
}

export type TableName = 'inputs' | 'outputs' | 'documents';

/** What training on a block came to. */
export interface TrainingReport {
  /** The sum of −ln of the probabilities of all labels, in nats. */
  readonly loss: number;
  /** Pairs of an input and the word that it predicted. */
  readonly predictions: number;
  /** Words that thinning left. */
  readonly kept: number;
}

/** A report as a thread wrote it. */
export function readReport(buffer: ArrayBufferLike, address: number): TrainingReport {
  const view = new DataView(buffer, address, REPORT_BYTES);
  return {
    loss: -(Math.log(view.getFloat64(0, true)) + view.getFloat64(8, true) * Math.LN2),
    predictions: view.getUint32(16, true),
    kept: view.getUint32(20, true),
  };
}

const REPORT_BYTES = 24;
const PAGE_BYTES = 65536;
const MOST_PAGES = 65536;
const TILE = 6;

/** The most that a batch may hold. */
function capacityOf(plan: KernelPlan): { units: number; groups: number; outputs: number; rows: number } {
  const neighbors = Math.min(2 * plan.window, SENTENCE_WORDS);
  const isSkipGram = plan.architecture === 'skip-gram';
  const units = plan.batchGroups + 1;
  const groups = plan.batchGroups + (isSkipGram ? neighbors : 1);
  const outputs = plan.paths ? plan.paths.longest : 1 + plan.negative;
  const longestList = plan.rowLists ? longestOf(plan.rowLists.starts) : 1;
  const inputWords = { 'skip-gram': 1, bag: neighbors, document: 0 }[plan.architecture];
  return {
    units,
    groups,
    outputs: groups * Math.max(1, Math.ceil(outputs / TILE)) * TILE,
    rows: units * (1 + inputWords * longestList),
  };
}

function longestOf(starts: Uint32Array): number {
  let longest = 0;
  for (let list = 1; list < starts.length; list++) {
    longest = Math.max(longest, starts[list]! - starts[list - 1]!);
  }
  return longest;
}
