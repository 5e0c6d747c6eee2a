import { grown, type PairTable } from './pair-table.ts';

/**
 * Pairs that wait to be merged, the next one on top: the one with the highest count, of equals the one with the smaller left symbol,
 * then the smaller right one. A binary heap on typed arrays.
 *
 * An entry has the count that its pair had when it was queued, and the places where the pair had formed, as a range of an array.
 * A pair that forms in several steps has several entries.
 */
export class PairQueue {
  readonly #pairs: PairTable;
  /** Entries by number. */
  #entryCount = 0;
  #entryPairs = new Int32Array(FIRST_CAPACITY);
  #starts = new Int32Array(FIRST_CAPACITY);
  #ends = new Int32Array(FIRST_CAPACITY);
  #counts = new Float64Array(FIRST_CAPACITY);
  /** Numbers of entries, the one on top first. */
  #heap = new Int32Array(FIRST_CAPACITY);
  #size = 0;

  constructor(pairs: PairTable) {
    this.#pairs = pairs;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Pair, count and places of the entry on top. */
  get pair(): number {
    return this.#entryPairs[this.#heap[0]!]!;
  }
  get count(): number {
    return this.#counts[this.#heap[0]!]!;
  }
  get start(): number {
    return this.#starts[this.#heap[0]!]!;
  }
  get end(): number {
    return this.#ends[this.#heap[0]!]!;
  }

  push(pair: number, count: number, start: number, end: number): void {
    if (this.#entryCount === this.#entryPairs.length) this.#grow();
    const entry = this.#entryCount++;
    this.#entryPairs[entry] = pair;
    this.#counts[entry] = count;
    this.#starts[entry] = start;
    this.#ends[entry] = end;
    const heap = this.#heap;
    let index = this.#size++;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#precedes(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Takes the entry on top away. */
  pop(): void {
    const last = this.#heap[--this.#size]!;
    if (this.#size > 0) this.#sink(last);
  }

  /** Gives the entry on top another count, and the place that this entails. */
  recount(count: number): void {
    const top = this.#heap[0]!;
    this.#counts[top] = count;
    this.#sink(top);
  }

  /** Puts an entry in the place of the one on top. */
  #sink(entry: number): void {
    const heap = this.#heap;
    const size = this.#size;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#precedes(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#precedes(heap[child]!, entry)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = entry;
  }

  #precedes(a: number, b: number): boolean {
    const difference = this.#counts[a]! - this.#counts[b]!;
    if (difference !== 0) return difference > 0;
    const { lefts, rights } = this.#pairs;
    const pairA = this.#entryPairs[a]!;
    const pairB = this.#entryPairs[b]!;
    const left = lefts[pairA]! - lefts[pairB]!;
    return left !== 0 ? left < 0 : rights[pairA]! < rights[pairB]!;
  }

  #grow(): void {
    const capacity = this.#entryCount * 2;
    this.#entryPairs = grown(this.#entryPairs, capacity);
    this.#starts = grown(this.#starts, capacity);
    this.#ends = grown(this.#ends, capacity);
    this.#heap = grown(this.#heap, capacity);
    const counts = new Float64Array(capacity);
    counts.set(this.#counts);
    this.#counts = counts;
  }
}

const FIRST_CAPACITY = 1 << 12;
