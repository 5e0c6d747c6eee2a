import { BlockWriter } from './block-file.ts';
import { arrayCursor, openRun, type RecordCursor, RunMerger } from './merge-runs.ts';
import type { RunStorage } from './run-storage.ts';
import type { SortPool } from './sort-pool.ts';
import { compareKeys, type RecordFormat } from './sort-records.ts';
import type { SortedRecords } from './sort-work.ts';

/** Merges of more runs at once would read in small pieces. */
const MOST_RUNS = 64;

/** Options of {@link RecordSorter}. */
export interface RecordSorterOptions {
  readonly storage: RunStorage;
  readonly pool: SortPool;
  readonly format: RecordFormat;
  /** What names of runs begin with. */
  readonly name: string;
  /** Words of memory for records that wait. */
  readonly bufferWords: number;
  /** Buffers that nobody needs, shared by sorters whose buffers are of one length. */
  readonly spare: Uint32Array<ArrayBuffer>[];
  /** Whether all records must be in the storage when {@link RecordSorter.finish} returns. */
  readonly isDurable: boolean;
}

/** Sorts more records than memory has room for: buffers are sorted and written as runs, which are merged when they are read. */
export class RecordSorter {
  readonly #options: RecordSorterOptions;
  readonly #jobs: Promise<void>[] = [];
  readonly #spare: Uint32Array<ArrayBuffer>[];
  /** Words of a buffer, and how many of them whole records take. */
  readonly #bufferWords: number;
  readonly #capacity: number;
  readonly #runs: string[] = [];
  #runCount = 0;
  #last: SortedRecords | undefined;

  /** Where the next record goes: {@link length} words are used. */
  buffer: Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(options: RecordSorterOptions) {
    this.#options = options;
    this.#spare = options.spare;
    const { recordWords } = options.format;
    this.#bufferWords = Math.max(2 * recordWords, Math.floor(options.bufferWords));
    this.#capacity = Math.floor(this.#bufferWords / recordWords) * recordWords;
    this.buffer = new Uint32Array(this.#bufferWords);
  }

  /** Whether {@link flush} must come before the next record. */
  get isFull(): boolean {
    return this.length === this.#capacity;
  }

  /** Has the buffer sorted and written; goes on with another. */
  async flush(): Promise<void> {
    const { pool, format } = this.#options;
    await pool.whenFree();
    const { buffer, length } = this;
    const job = pool.begin({ type: 'sort', buffer, length, format }).then(async (sorted) => {
      await this.#write(sorted);
      this.#spare.push(sorted.buffer);
    });
    job.catch(() => {}); // finish() tells
    this.#jobs.push(job);
    if (pool.size === 0) await job;
    this.buffer = this.#spare.pop() ?? new Uint32Array(this.#bufferWords);
    this.length = 0;
  }

  /** What was written, after {@link finish}. */
  get runs(): readonly string[] {
    return this.#runs;
  }

  /** Ends the adding. */
  async finish(): Promise<void> {
    const { pool, format, isDurable } = this.#options;
    if (this.length > 0 && (isDurable || this.#jobs.length > 0)) await this.flush();
    await Promise.all(this.#jobs);
    if (this.length > 0) {
      await pool.whenFree();
      this.#last = await pool.begin({ type: 'sort', buffer: this.buffer, length: this.length, format });
    }
    this.buffer = new Uint32Array();
  }

  /** The records in order, after {@link finish}. */
  async merge(blockWords: number): Promise<RunMerger> {
    const { storage, format } = this.#options;
    if (this.#last) {
      return new RunMerger([arrayCursor(this.#last.buffer.subarray(0, this.#last.length))], format);
    }
    return mergeRuns(storage, this.#runs, { format, memoryWords: blockWords });
  }

  /** Gives up records that are in memory. */
  release(): void {
    this.#last = undefined;
  }

  async #write({ buffer, length }: SortedRecords): Promise<void> {
    const name = `${this.#options.name}-${this.#runCount++}.run`;
    await writeRun(this.#options.storage, name, buffer, length);
    this.#runs.push(name);
  }
}

/** Writes sorted records as a run. */
export async function writeRun(
  storage: RunStorage,
  name: string,
  records: Uint32Array,
  length: number = records.length,
): Promise<void> {
  const file = await storage.create(name);
  try {
    const bytes = new Uint8Array(records.buffer, records.byteOffset, length * 4);
    for (let at = 0; at < bytes.length; at += WRITE_BYTES) file.write(bytes.subarray(at, at + WRITE_BYTES));
    await file.close();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

const WRITE_BYTES = 1 << 24;

/** Options of {@link mergeRuns}. */
export interface MergeRunsOptions {
  readonly format: RecordFormat;
  /** Words of memory for the blocks that are read. */
  readonly memoryWords: number;
  /** Whether the word after the key is a count, to be added up over equal keys, while runs are merged into longer ones (default false). */
  readonly addsCounts?: boolean;
}

/** Merges runs; where they are too many, some into longer runs first. Runs that became part of a longer one stay. */
export async function mergeRuns(
  storage: RunStorage,
  names: readonly string[],
  { format, memoryWords, addsCounts = false }: MergeRunsOptions,
): Promise<RunMerger> {
  const fanIn = Math.max(2, Math.min(MOST_RUNS, Math.floor(memoryWords / (16 * format.recordWords))));
  let runs = names;
  for (let round = 0; runs.length > fanIn; round++) {
    const longer: string[] = [];
    for (let at = 0; at < runs.length; at += fanIn) {
      const name = `merged-${round}-${at}-of-${names[0]}`;
      const merger = await open(runs.slice(at, at + fanIn));
      await writeMerged(storage, name, merger, format, memoryWords / (fanIn + 1), addsCounts);
      longer.push(name);
    }
    runs = longer;
  }
  return open(runs);

  async function open(some: readonly string[]): Promise<RunMerger> {
    const cursors: RecordCursor[] = [];
    for (const name of some) {
      cursors.push(await openRun(storage, name, format, memoryWords / (some.length + 1)));
    }
    return new RunMerger(cursors, format);
  }
}

async function writeMerged(
  storage: RunStorage,
  name: string,
  merger: RunMerger,
  { recordWords, keyWords }: RecordFormat,
  blockWords: number,
  addsCounts: boolean,
): Promise<void> {
  const length = Math.max(1, Math.floor(blockWords / recordWords)) * recordWords;
  const writer = await BlockWriter.create(storage, name, Uint32Array, length);
  try {
    const held = new Uint32Array(recordWords);
    let isHeld = false;
    while (merger.next()) {
      const { block, at } = merger;
      if (addsCounts && isHeld && compareKeys(held, 0, block, at, keyWords) === 0) {
        held[keyWords]! += block[at + keyWords]!;
        continue;
      }
      if (isHeld) writer.append(held, 0, recordWords);
      for (let word = 0; word < recordWords; word++) held[word] = block[at + word]!;
      isHeld = true;
    }
    if (isHeld) writer.append(held, 0, recordWords);
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  } finally {
    merger.close();
  }
}
