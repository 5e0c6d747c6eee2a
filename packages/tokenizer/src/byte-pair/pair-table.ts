/**
 * The pairs of neighboring symbols that training has met, numbered in the order it met them, with their counts: a hash table on
 * typed arrays with open addressing and linear probing.
 */
export class PairTable {
  size = 0;
  /** By number: the pair's symbols, and how often it occurs. */
  lefts: Int32Array = new Int32Array(FIRST_CAPACITY);
  rights: Int32Array = new Int32Array(FIRST_CAPACITY);
  counts: Float64Array = new Float64Array(FIRST_CAPACITY);
  /** By number: room for a count of the step at hand, and how many times the pair was queued. */
  tallies: Int32Array = new Int32Array(FIRST_CAPACITY);
  queuedCounts: Int32Array = new Int32Array(FIRST_CAPACITY);
  /** Numbers of pairs, −1 in empty slots; twice as many as fit in the arrays above. */
  #slots = new Int32Array(FIRST_CAPACITY * 2).fill(-1);

  /** The number of a pair, which is a new one if the table has not met it. */
  add(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let index = hashPair(left, right) & mask;
    for (;;) {
      const pair = slots[index]!;
      if (pair < 0) break;
      if (this.lefts[pair] === left && this.rights[pair] === right) return pair;
      index = (index + 1) & mask;
    }
    const pair = this.size++;
    if (pair === this.lefts.length) {
      this.#grow();
      this.#place(left, right, pair);
    } else slots[index] = pair;
    this.lefts[pair] = left;
    this.rights[pair] = right;
    return pair;
  }

  #grow(): void {
    const capacity = this.lefts.length * 2;
    this.lefts = grown(this.lefts, capacity);
    this.rights = grown(this.rights, capacity);
    this.tallies = grown(this.tallies, capacity);
    this.queuedCounts = grown(this.queuedCounts, capacity);
    const counts = new Float64Array(capacity);
    counts.set(this.counts);
    this.counts = counts;
    this.#slots = new Int32Array(capacity * 2).fill(-1);
    for (let pair = 0; pair < this.size - 1; pair++) this.#place(this.lefts[pair]!, this.rights[pair]!, pair);
  }

  #place(left: number, right: number, pair: number): void {
    const mask = this.#slots.length - 1;
    let index = hashPair(left, right) & mask;
    while (this.#slots[index]! >= 0) index = (index + 1) & mask;
    this.#slots[index] = pair;
  }
}

/** A copy with room for more. */
export function grown(array: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(array);
  return larger;
}

function hashPair(left: number, right: number): number {
  let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

const FIRST_CAPACITY = 1 << 12;
