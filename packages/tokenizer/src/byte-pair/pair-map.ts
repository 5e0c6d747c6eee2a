/**
 * A hash map from pairs of token ids to integers, on typed arrays: open addressing, linear probing.
 *
 * A `Map` with a number or string made from the pair costs an allocation per lookup, in the innermost loop of both
 * encoding and training.
 */
export class PairMap {
  #size = 0;
  #mask: number;
  /** Slots of three: left id (−1 when empty), right id, value. */
  #slots: Int32Array;

  constructor(expectedSize = 0) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(16, expectedSize * 2)));
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity * 3).fill(-1);
  }

  get size(): number {
    return this.#size;
  }

  /** The pair's value, or −1. */
  get(left: number, right: number): number {
    const slots = this.#slots;
    const slot = this.#find(left, right);
    return slots[slot] === -1 ? -1 : slots[slot + 2]!;
  }

  set(left: number, right: number, value: number): void {
    let slot = this.#find(left, right);
    if (this.#slots[slot] === -1) {
      if ((this.#size + 1) * 2 > this.#mask + 1) {
        this.#grow();
        slot = this.#find(left, right);
      }
      this.#size++;
      this.#slots[slot] = left;
      this.#slots[slot + 1] = right;
    }
    this.#slots[slot + 2] = value;
  }

  /** Visits all pairs, in no particular order. */
  forEach(visit: (left: number, right: number, value: number) => void): void {
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += 3) {
      if (slots[slot] !== -1) visit(slots[slot]!, slots[slot + 1]!, slots[slot + 2]!);
    }
  }

  #find(left: number, right: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let index = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const slot = index * 3;
      const found = slots[slot];
      if (found === -1 || (found === left && slots[slot + 1] === right)) return slot;
      index = (index + 1) & mask;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array((this.#mask + 1) * 3).fill(-1);
    for (let slot = 0; slot < old.length; slot += 3) {
      if (old[slot] === -1) continue;
      const target = this.#find(old[slot]!, old[slot + 1]!);
      this.#slots[target] = old[slot]!;
      this.#slots[target + 1] = old[slot + 1]!;
      this.#slots[target + 2] = old[slot + 2]!;
    }
  }
}
