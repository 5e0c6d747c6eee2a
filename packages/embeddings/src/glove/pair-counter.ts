import { compareRecords, RECORD_WORDS, sortRecords } from './count-records.ts';
import type { PairOrder } from './pair-order.ts';

/** Adds up counts of pairs of rows, in a hash table of open addressing; pairs of the most frequent words have a table of their own. */
export class PairCounter {
  readonly #order: PairOrder;
  readonly #mostSlots: number;
  /** By slot: the first row + 1, or 0 for none, and the second row. */
  #pairs: Uint32Array;
  #counts: Float64Array;
  #used = 0;
  /** How many rows are those of the most frequent words, of which most that is counted is: their counts, `[frequent, frequent]`. */
  readonly #frequent: number;
  readonly #frequentCounts: Float64Array;

  /**
   * @param words rows that there are
   * @param bytes what tables and sorted records together may take
   */
  constructor(order: PairOrder, words: number, bytes: number) {
    this.#order = order;
    this.#frequent = Math.min(words, MOST_FREQUENT);
    this.#frequentCounts = new Float64Array(this.#frequent ** 2);
    const slots =
      Math.max(1, bytes - this.#frequentCounts.byteLength) / (SLOT_BYTES + MOST_LOAD * RECORD_WORDS * 4);
    this.#mostSlots = 2 ** Math.max(LEAST_BITS, Math.min(MOST_BITS, Math.floor(Math.log2(slots))));
    const first = Math.min(this.#mostSlots, FIRST_SLOTS);
    this.#pairs = new Uint32Array(2 * first);
    this.#counts = new Float64Array(first);
  }

  /** Whether there is no room for one more pair, should it be new. */
  get isFull(): boolean {
    return this.#used >= MOST_LOAD * this.#mostSlots;
  }

  add(first: number, second: number, count: number): void {
    if (first < this.#frequent && second < this.#frequent) {
      this.#frequentCounts[first * this.#frequent + second]! += count;
      return;
    }
    const pairs = this.#pairs;
    const last = this.#counts.length - 1;
    let slot = slotOf(first, second) & last;
    while (pairs[2 * slot] !== 0) {
      if (pairs[2 * slot] === first + 1 && pairs[2 * slot + 1] === second) {
        this.#counts[slot]! += count;
        return;
      }
      slot = (slot + 1) & last;
    }
    pairs[2 * slot] = first + 1;
    pairs[2 * slot + 1] = second;
    this.#counts[slot] = count;
    if (++this.#used > MOST_LOAD * (last + 1) && last + 1 < this.#mostSlots) this.#grow();
  }

  /** All pairs as records in their order, see count-records.ts; the counter begins anew. */
  take(): Uint32Array {
    const order = this.#order;
    let length = this.#used;
    for (const count of this.#frequentCounts) if (count > 0) length++;
    const records = new Uint32Array(length * RECORD_WORDS);
    const counts = new Float64Array(records.buffer);
    let at = 0;
    const write = (first: number, second: number, count: number): void => {
      order.place(first, second);
      records[at * RECORD_WORDS] = order.low;
      records[at * RECORD_WORDS + 1] = order.high;
      counts[2 * at + 1] = count;
      at++;
    };
    for (let slot = 0; slot < this.#counts.length; slot++) {
      const first = this.#pairs[2 * slot]!;
      if (first > 0) write(first - 1, this.#pairs[2 * slot + 1]!, this.#counts[slot]!);
    }
    for (const [pair, count] of this.#frequentCounts.entries()) {
      if (count > 0) write(Math.floor(pair / this.#frequent), pair % this.#frequent, count);
    }
    this.#pairs.fill(0);
    this.#frequentCounts.fill(0);
    this.#used = 0;
    return sortRecords(records);
  }

  #grow(): void {
    const [pairs, counts] = [this.#pairs, this.#counts];
    this.#pairs = new Uint32Array(2 * pairs.length);
    this.#counts = new Float64Array(2 * counts.length);
    const last = this.#counts.length - 1;
    for (let old = 0; old < counts.length; old++) {
      if (pairs[2 * old] === 0) continue;
      let slot = slotOf(pairs[2 * old]! - 1, pairs[2 * old + 1]!) & last;
      while (this.#pairs[2 * slot] !== 0) slot = (slot + 1) & last;
      this.#pairs[2 * slot] = pairs[2 * old]!;
      this.#pairs[2 * slot + 1] = pairs[2 * old + 1]!;
      this.#counts[slot] = counts[old]!;
    }
  }
}

/** Adds up the counts of equal pairs of sorted runs. Sums are exact, so their order does not matter. */
export function mergeRecords(left: Uint32Array, right: Uint32Array): Uint32Array {
  const merged = new Uint32Array(left.length + right.length);
  const counts = new Float64Array(merged.buffer);
  const rightCounts = new Float64Array(right.buffer, right.byteOffset, right.length / 2);
  let [l, r, at] = [0, 0, 0];
  while (l < left.length || r < right.length) {
    const side = l === left.length ? 1 : r === right.length ? -1 : compareRecords(left, l, right, r);
    const [source, from] = side <= 0 ? [left, l] : [right, r];
    for (let word = 0; word < RECORD_WORDS; word++) merged[at + word] = source[from + word]!;
    if (side === 0) counts[at / 2 + 1]! += rightCounts[r / 2 + 1]!;
    if (side <= 0) l += RECORD_WORDS;
    if (side >= 0) r += RECORD_WORDS;
    at += RECORD_WORDS;
  }
  return merged.slice(0, at);
}

function slotOf(first: number, second: number): number {
  const x = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
  return Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) >>> 1;
}

const MOST_FREQUENT = 1024;
const SLOT_BYTES = 16;
const MOST_LOAD = 0.7;
const FIRST_SLOTS = 2 ** 16;
const LEAST_BITS = 10;
const MOST_BITS = 28;
