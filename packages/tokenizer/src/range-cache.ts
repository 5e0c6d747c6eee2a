import type { IdBuffer } from './id-buffer.ts';

/**
 * The token ids of words seen lately, by the words' places in a text: words that are found need not be cut out of it.
 *
 * At most 32 768 words, which are forgotten at once when there is another one.
 */
export class RangeCache {
  /** By slot: hash, start of the word's code units, how many, start of its ids, how many; no code units: the slot is empty. */
  #slots = new Int32Array(SLOT * 2 * FIRST_CAPACITY);
  #mask = 2 * FIRST_CAPACITY - 1;
  #size = 0;
  #units = new Uint16Array(8 * FIRST_CAPACITY);
  #unitCount = 0;
  #ids = new Int32Array(2 * FIRST_CAPACITY);
  #idCount = 0;
  /** Of the word looked for last. */
  #hash = 0;

  /**
   * Appends the ids of the word `[start, end)` of a text, if they are known.
   *
   * @param start below `end`
   * @returns whether they are
   */
  append(text: string, start: number, end: number, output: IdBuffer): boolean {
    let hash = 0;
    for (let index = start; index < end; index++)
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x9e3779b1) ^ (hash >>> 15);
    hash ^= hash >>> 16;
    this.#hash = hash;
    const slots = this.#slots;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const place = SLOT * slot;
      const length = slots[place + 2]!;
      if (length === 0) return false;
      if (slots[place] !== hash || length !== end - start) continue;
      if (!this.#isAt(slots[place + 1]!, text, start, end)) continue;
      output.appendRange(this.#ids, slots[place + 3]!, slots[place + 3]! + slots[place + 4]!);
      return true;
    }
  }

  /** Remembers ids of the word that was looked for last. */
  add(text: string, start: number, end: number, ids: Int32Array): void {
    if (this.#size >= CAPACITY) this.#clear();
    else if (2 * (this.#size + 1) > this.#mask) this.#grow();
    const { length } = ids;
    if (this.#unitCount + end - start > this.#units.length)
      this.#units = doubled(this.#units, Uint16Array, end - start);
    if (this.#idCount + length > this.#ids.length) this.#ids = doubled(this.#ids, Int32Array, length);
    const slots = this.#slots;
    let slot = this.#hash & this.#mask;
    while (slots[SLOT * slot + 2] !== 0) slot = (slot + 1) & this.#mask;
    slots.set([this.#hash, this.#unitCount, end - start, this.#idCount, length], SLOT * slot);
    for (let index = start; index < end; index++) this.#units[this.#unitCount++] = text.charCodeAt(index);
    this.#ids.set(ids, this.#idCount);
    this.#idCount += length;
    this.#size++;
  }

  #isAt(place: number, text: string, start: number, end: number): boolean {
    const units = this.#units;
    for (let index = start; index < end; index++) {
      if (units[place + index - start] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = 2 * this.#mask + 1;
    this.#slots = new Int32Array(SLOT * (this.#mask + 1));
    for (let place = 0; place < old.length; place += SLOT) {
      if (old[place + 2] === 0) continue;
      let slot = old[place]! & this.#mask;
      while (this.#slots[SLOT * slot + 2] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots.set(old.subarray(place, place + SLOT), SLOT * slot);
    }
  }

  #clear(): void {
    this.#slots.fill(0);
    this.#size = 0;
    this.#unitCount = 0;
    this.#idCount = 0;
  }
}

const CAPACITY = 32_768;
const FIRST_CAPACITY = 512;
/** Integers of a slot. */
const SLOT = 5;

function doubled<A extends Uint16Array | Int32Array>(
  array: A,
  type: new (length: number) => A,
  atLeast: number,
): A {
  const larger = new type(2 * array.length + atLeast);
  larger.set(array);
  return larger;
}
