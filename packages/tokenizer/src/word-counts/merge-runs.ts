import { BinaryHeap } from '../binary-heap.ts';
import { addCounts } from './add-counts.ts';
import { compareWords, type WordCursor, wordAt } from './word-cursor.ts';

/**
 * Several cursors as one: in order, with the counts of the same word added up.
 *
 * A heap holds the cursors by the word they are at; those at the smallest word have left it, and come back when the next word
 * is asked for.
 */
export class MergedWords implements WordCursor {
  readonly #heap = new BinaryHeap<WordCursor>((a, b) => compareWords(a, b) < 0);
  /** The cursors at the current word. */
  #current: WordCursor[];
  count = 0;

  constructor(cursors: readonly WordCursor[]) {
    this.#current = [...cursors];
  }

  get bytes(): Uint8Array {
    return this.#current[0]!.bytes;
  }
  get start(): number {
    return this.#current[0]!.start;
  }
  get byteLength(): number {
    return this.#current[0]!.byteLength;
  }
  get isWide(): boolean {
    return this.#current[0]!.isWide;
  }

  next(): boolean {
    for (const cursor of this.#current) if (cursor.next()) this.#heap.push(cursor);
    this.#current = [];
    this.count = 0;
    for (let cursor = this.#heap.pop(); cursor; cursor = this.#heap.pop()) {
      if (this.#current.length > 0 && compareWords(cursor, this.#current[0]!) !== 0) {
        this.#heap.push(cursor);
        break;
      }
      this.count = addCounts(this.count, cursor.count, () => wordAt(this));
      this.#current.push(cursor);
    }
    return this.#current.length > 0;
  }
}
