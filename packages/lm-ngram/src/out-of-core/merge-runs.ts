import { BlockReader } from './block-file.ts';
import type { RunStorage } from './run-storage.ts';
import { compareKeys, type RecordFormat } from './sort-records.ts';

/** Sorted records, in memory or from a file. */
export interface RecordCursor {
  /** Holds the record at hand. */
  readonly block: Uint32Array;
  /** Where it is. */
  at: number;
  /** Words of all blocks. */
  readonly length: number;
  /** Where the block ends. */
  readonly end: number;
  /** The next block. */
  fill(): boolean;
  close(): void;
}

/** Records of an array. */
export function arrayCursor(block: Uint32Array): RecordCursor {
  return { block, at: 0, length: block.length, end: block.length, fill: () => false, close: () => {} };
}

/** Opens a run. */
export async function openRun(
  storage: RunStorage,
  name: string,
  { recordWords }: RecordFormat,
  blockWords: number,
): Promise<RecordCursor> {
  const length = Math.max(1, Math.floor(blockWords / recordWords)) * recordWords;
  return BlockReader.open(storage, name, Uint32Array, length);
}

/**
 * The records of sorted runs in one order: a tournament whose tree remembers the losers, so that the next record takes one comparison for each round.
 *
 * @see Knuth, The Art of Computer Programming, vol. 3, §5.4.1
 */
export class RunMerger {
  readonly #cursors: readonly RecordCursor[];
  readonly #keyWords: number;
  readonly #recordWords: number;
  /** Inner nodes: the loser of each match; at 0 the winner. */
  readonly #tree: Int32Array;
  readonly #isDone: Uint8Array;
  /** The first word of each cursor's record, which decides most matches. */
  readonly #heads: Float64Array;
  #isStarted = false;

  /** Records of all runs. */
  readonly recordCount: number;
  /** The array of the record at hand. */
  block: Uint32Array = new Uint32Array();
  /** Where it is. */
  at = 0;

  constructor(cursors: readonly RecordCursor[], { recordWords, keyWords }: RecordFormat) {
    this.#cursors = cursors;
    this.#keyWords = keyWords;
    this.#recordWords = recordWords;
    this.#tree = new Int32Array(Math.max(1, cursors.length)).fill(-1);
    this.#isDone = new Uint8Array(cursors.length);
    this.#heads = new Float64Array(cursors.length);
    this.recordCount = cursors.reduce((sum, { length }) => sum + length, 0) / recordWords;
  }

  /** @returns whether there is another record */
  next(): boolean {
    const cursors = this.#cursors;
    if (cursors.length === 0) return false;
    if (!this.#isStarted) {
      this.#isStarted = true;
      for (let index = 0; index < cursors.length; index++) this.#look(index);
      for (let index = 0; index < cursors.length; index++) this.#enter(index);
    } else {
      const last = this.#tree[0]!;
      cursors[last]!.at += this.#recordWords;
      this.#look(last);
      this.#replay(last);
    }
    const winner = this.#tree[0]!;
    if (this.#isDone[winner]) return false;
    const cursor = cursors[winner]!;
    this.block = cursor.block;
    this.at = cursor.at;
    return true;
  }

  close(): void {
    for (const cursor of this.#cursors) cursor.close();
  }

  #look(index: number): void {
    const cursor = this.#cursors[index]!;
    if (cursor.at < cursor.end || cursor.fill()) {
      this.#heads[index] = cursor.block[cursor.at]!;
    } else {
      this.#isDone[index] = 1;
      this.#heads[index] = Infinity;
    }
  }

  /** Plays from a leaf upward until a place is free; the last one to enter gets to the top. */
  #enter(index: number): void {
    let winner = index;
    for (let node = (index + this.#cursors.length) >> 1; node > 0; node >>= 1) {
      const other = this.#tree[node]!;
      if (other < 0) {
        this.#tree[node] = winner;
        return;
      }
      if (this.#isBefore(other, winner)) {
        this.#tree[node] = winner;
        winner = other;
      }
    }
    this.#tree[0] = winner;
  }

  #replay(index: number): void {
    const tree = this.#tree;
    const heads = this.#heads;
    let winner = index;
    for (let node = (index + this.#cursors.length) >> 1; node > 0; node >>= 1) {
      const other = tree[node]!;
      const difference = heads[other]! - heads[winner]!;
      if (difference < 0 || (difference === 0 && this.#isBefore(other, winner))) {
        tree[node] = winner;
        winner = other;
      }
    }
    tree[0] = winner;
  }

  #isBefore(a: number, b: number): boolean {
    if (this.#isDone[a] || this.#isDone[b]) return !this.#isDone[a];
    const one = this.#cursors[a]!;
    const other = this.#cursors[b]!;
    return compareKeys(one.block, one.at, other.block, other.at, this.#keyWords) < 0;
  }
}
