import { tooOften } from './add-counts.ts';
import { sortWords } from './sort-words.ts';
import type { WordCursor } from './word-cursor.ts';

/** Options of {@link WordTable}. */
export interface WordTableOptions {
  /** Bytes that the table may take, at least 64 KiB (default: it grows as needed, up to 4 GiB of words). */
  readonly memoryLimit?: number;
}

/**
 * How often each word occurs: a hash table in typed arrays, which makes no object for a word, seen before or not.
 *
 * Words are hashed and compared where they stand in the text. They lie one after the other in one buffer, each with its count
 * (8 bytes), its length (4 bytes), and its code units (see {@link WordCursor}), filled up to 8 bytes; a hash table with open
 * addressing and linear probing points to them. A word of eight letters takes 35 to 45 bytes, all told. That is what a `Map` takes, too, but
 * it can be limited exactly, is one and a half to two times as fast, and may hold more than the 16.7 million words of a `Map`.
 */
export class WordTable {
  #size = 0;
  /** The buffer of words, seen as bytes, as code units, as lengths and as counts. */
  #bytes: Uint8Array;
  #units: Uint16Array;
  #headers: Int32Array;
  #counts: Float64Array;
  /** The code units of the word at hand, which are looked at several times. */
  #word = new Uint16Array(64);
  /** Where the next word goes, in steps of 8 bytes. Nothing is at 0, which marks empty slots. */
  #end = 1;
  /** Slots of two: hash, and where the word is in steps of 8 bytes. */
  #slots: Int32Array;
  #mask: number;
  /** Slots that the table may have in the end. */
  readonly #slotLimit: number;
  readonly #isLimited: boolean;

  /** @throws {RangeError} if the limit is too low */
  constructor({ memoryLimit = Number.POSITIVE_INFINITY }: WordTableOptions = {}) {
    this.#isLimited = memoryLimit !== Number.POSITIVE_INFINITY;
    if (!(memoryLimit >= LEAST_MEMORY)) {
      throw new RangeError(
        `countWords: memoryLimit must be at least ${LEAST_MEMORY} bytes, got ${memoryLimit}.`,
      );
    }
    // Half as much again, for when slots move to a table of twice the size.
    this.#slotLimit = this.#isLimited
      ? 2 ** Math.floor(Math.log2((memoryLimit * SLOT_SHARE) / (1.5 * SLOT_BYTES)))
      : MOST_SLOTS;
    const slotCount = Math.min(FIRST_SLOTS, this.#slotLimit);
    this.#slots = new Int32Array(slotCount * 2);
    this.#mask = slotCount - 1;
    // All of what is allowed at once: a buffer takes memory only where it is written to.
    const bufferBytes = this.#isLimited ? memoryLimit - this.#slotLimit * SLOT_BYTES * 1.5 : FIRST_BYTES;
    const buffer = new ArrayBuffer(Math.min(MOST_BYTES, Math.floor(bufferBytes / 8) * 8));
    this.#bytes = new Uint8Array(buffer);
    this.#units = new Uint16Array(buffer);
    this.#headers = new Int32Array(buffer);
    this.#counts = new Float64Array(buffer);
  }

  /** Distinct words. */
  get size(): number {
    return this.#size;
  }

  /** How full the table is, from 0 to 1; of a limited one. */
  get fullness(): number {
    return Math.max(this.#end / this.#counts.length, this.#size / (this.#slotLimit * LOAD));
  }

  /**
   * Counts the word at code units `[start, end)` of a text.
   *
   * @returns false if the table is full: the word was not counted
   * @throws {RangeError} if its count passes 2⁵³ − 1, or an unlimited table passes 4 GiB
   */
  add(text: string, start: number, end: number, count = 1): boolean {
    const length = end - start;
    if (length > this.#word.length) this.#word = new Uint16Array(2 * length);
    const word = this.#word;
    let hash = 0x811c9dc5;
    let allUnits = 0;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(start + index);
      word[index] = unit;
      allUnits |= unit;
      hash = Math.imul(hash ^ unit, 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 13;
    const isWide = allUnits > 0xff;
    const header = (length << 1) | (isWide ? 1 : 0);

    const slots = this.#slots;
    const mask = this.#mask;
    let index = hash & mask;
    for (;;) {
      const entry = slots[2 * index + 1]!;
      if (entry === 0) break;
      if (slots[2 * index] === hash && this.#isAt(entry, header)) {
        const sum = this.#counts[entry]! + count;
        if (sum > Number.MAX_SAFE_INTEGER) throw tooOften(text.slice(start, end));
        this.#counts[entry] = sum;
        return true;
      }
      index = (index + 1) & mask;
    }
    if (!this.#makeRoom(header)) return false;
    if (count > Number.MAX_SAFE_INTEGER) throw tooOften(text.slice(start, end));
    this.#insert(hash, header, count);
    return true;
  }

  /**
   * Moves all words out, in order. The table must be cleared before the next word is added.
   *
   * @returns a function that makes cursors over the words, valid until then
   */
  sort(): () => WordCursor {
    const slots = this.#slots;
    let size = 0;
    for (let slot = 1; slot < slots.length; slot += 2) {
      const entry = slots[slot]!;
      if (entry !== 0) slots[size++] = entry;
    }
    const entries = slots.subarray(0, size);
    const headers = this.#headers;
    const bytes = this.#bytes;
    const units = this.#units;
    sortWords(entries, (entry, depth) => {
      const header = headers[2 * entry + 2]!;
      if (depth >= header >>> 1) return -1;
      return (header & 1) === 0 ? bytes[8 * entry + 12 + depth]! : units[4 * entry + 6 + depth]!;
    });
    return () => new TableCursor(entries, bytes, headers, this.#counts);
  }

  clear(): void {
    this.#size = 0;
    this.#end = 1;
    this.#slots.fill(0);
  }

  /** Whether an entry is the word at hand. */
  #isAt(entry: number, header: number): boolean {
    if (this.#headers[2 * entry + 2] !== header) return false;
    const word = this.#word;
    const length = header >>> 1;
    if ((header & 1) === 0) {
      const bytes = this.#bytes;
      const at = 8 * entry + 12;
      for (let index = 0; index < length; index++) {
        if (bytes[at + index] !== word[index]) return false;
      }
    } else {
      const units = this.#units;
      const at = 4 * entry + 6;
      for (let index = 0; index < length; index++) {
        if (units[at + index] !== word[index]) return false;
      }
    }
    return true;
  }

  /** Puts the word at hand at the end. */
  #insert(hash: number, header: number, count: number): void {
    const entry = this.#end;
    this.#counts[entry] = count;
    this.#headers[2 * entry + 2] = header;
    const isWide = (header & 1) === 1;
    const target = isWide ? this.#units : this.#bytes;
    const at = isWide ? 4 * entry + 6 : 8 * entry + 12;
    for (let index = 0; index < header >>> 1; index++) target[at + index] = this.#word[index]!;
    this.#end += stepsFor(header);
    this.#size++;
    this.#place(hash, entry);
  }

  #place(hash: number, entry: number): void {
    const slots = this.#slots;
    let index = hash & this.#mask;
    while (slots[2 * index + 1] !== 0) index = (index + 1) & this.#mask;
    slots[2 * index] = hash;
    slots[2 * index + 1] = entry;
  }

  /** Whether there is room for one more word, or could be made. */
  #makeRoom(header: number): boolean {
    const end = this.#end + stepsFor(header);
    if (end > this.#counts.length) {
      // A single word that is larger than the limit is held all the same, as its text is.
      if (this.#isLimited && this.#size > 0) return false;
      this.#growBuffer(end * 8);
    }
    if (this.#size + 1 > (this.#mask + 1) * LOAD) {
      if (this.#mask + 1 >= this.#slotLimit) return false;
      this.#growSlots();
    }
    return true;
  }

  #growBuffer(needed: number): void {
    if (needed > MOST_BYTES) {
      throw new RangeError(
        `countWords: the distinct words must fit in ${MOST_BYTES} bytes, got more. Give a memoryLimit and a storage.`,
      );
    }
    const old = this.#bytes;
    const buffer = new ArrayBuffer(
      Math.min(MOST_BYTES, this.#isLimited ? needed : Math.max(old.length * 2, needed)),
    );
    this.#bytes = new Uint8Array(buffer);
    this.#bytes.set(old);
    this.#units = new Uint16Array(buffer);
    this.#headers = new Int32Array(buffer);
    this.#counts = new Float64Array(buffer);
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += 2) {
      if (old[slot + 1] !== 0) this.#place(old[slot]!, old[slot + 1]!);
    }
  }
}

class TableCursor implements WordCursor {
  readonly bytes: Uint8Array;
  start = 0;
  byteLength = 0;
  isWide = false;
  count = 0;
  readonly #entries: Int32Array;
  readonly #headers: Int32Array;
  readonly #counts: Float64Array;
  #next = 0;

  constructor(entries: Int32Array, bytes: Uint8Array, headers: Int32Array, counts: Float64Array) {
    this.#entries = entries;
    this.bytes = bytes;
    this.#headers = headers;
    this.#counts = counts;
  }

  next(): boolean {
    if (this.#next === this.#entries.length) return false;
    const entry = this.#entries[this.#next++]!;
    const header = this.#headers[2 * entry + 2]!;
    this.start = 8 * entry + 12;
    this.isWide = (header & 1) === 1;
    this.byteLength = this.isWide ? header & ~1 : header >>> 1;
    this.count = this.#counts[entry]!;
    return true;
  }
}

/** Steps of 8 bytes that a word takes. */
function stepsFor(header: number): number {
  const byteLength = (header & 1) === 0 ? header >>> 1 : header & ~1;
  return (12 + byteLength + 7) >>> 3;
}

const SLOT_BYTES = 8;
/** How many of the slots may be taken: more would make searches long, fewer would waste memory. */
const LOAD = 0.75;
const FIRST_SLOTS = 1 << 10;
const FIRST_BYTES = 1 << 15;
/** Share of a limited table's memory that slots may take: what suits words of about 8 letters. */
const SLOT_SHARE = 0.5;
const LEAST_MEMORY = 1 << 16;
/** What an ArrayBuffer holds in today's engines. */
const MOST_BYTES = 2 ** 32;
const MOST_SLOTS = 2 ** 28;
