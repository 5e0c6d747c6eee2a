/**
 * Ids of words by their code units, straight from a line of text: no string is made for a word. A hash table with open addressing; what it
 * finds is compared with the word itself.
 */
export class WordTable {
  /** All words one after the other. */
  readonly #units: Uint16Array;
  /** Where each word begins, and where the last one ends. */
  readonly #starts: Int32Array;
  /** By slot: an id, −1 where there is none, and the hash of its word. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  /** @param words by id, all different */
  constructor(words: readonly string[]) {
    const size = 2 ** Math.ceil(Math.log2(2 * Math.max(1, words.length)));
    this.#mask = size - 1;
    this.#slots = new Int32Array(2 * size).fill(-1);
    this.#starts = new Int32Array(words.length + 1);
    for (const [id, word] of words.entries()) this.#starts[id + 1] = this.#starts[id]! + word.length;
    this.#units = new Uint16Array(this.#starts[words.length]!);
    for (const [id, word] of words.entries()) {
      const start = this.#starts[id]!;
      let hash = 0;
      for (let index = 0; index < word.length; index++) {
        const unit = word.charCodeAt(index);
        this.#units[start + index] = unit;
        hash = Math.imul(hash ^ unit, FACTOR);
      }
      hash ^= hash >>> 15;
      let slot = hash & this.#mask;
      while (this.#slots[2 * slot]! >= 0) slot = (slot + 1) & this.#mask;
      this.#slots[2 * slot] = id;
      this.#slots[2 * slot + 1] = hash;
    }
  }

  /**
   * The ids of a line's words, which stand between blanks: spaces, tabs and ends of lines.
   *
   * @param unknown the id of words that are not there
   * @param output  with room for a word for every other unit of the line
   * @returns how many words there are
   */
  encode(line: string, unknown: number, output: Int32Array): number {
    const { length } = line;
    let count = 0;
    let at = 0;
    while (at < length) {
      let unit = line.charCodeAt(at);
      if (isBlank(unit)) {
        at++;
        continue;
      }
      const start = at;
      let hash = 0;
      do {
        hash = Math.imul(hash ^ unit, FACTOR);
        at++;
        if (at === length) break;
        unit = line.charCodeAt(at);
      } while (!isBlank(unit));
      hash ^= hash >>> 15;
      output[count++] = this.#find(line, start, at, hash, unknown);
    }
    return count;
  }

  #find(line: string, start: number, end: number, hash: number, unknown: number): number {
    let slot = hash & this.#mask;
    for (;;) {
      const id = this.#slots[2 * slot]!;
      if (id < 0) return unknown;
      if (this.#slots[2 * slot + 1] === hash && this.#isWord(id, line, start, end)) return id;
      slot = (slot + 1) & this.#mask;
    }
  }

  #isWord(id: number, line: string, start: number, end: number): boolean {
    const first = this.#starts[id]!;
    if (this.#starts[id + 1]! - first !== end - start) return false;
    for (let index = start; index < end; index++) {
      if (line.charCodeAt(index) !== this.#units[first + index - start]) return false;
    }
    return true;
  }
}

/** The prime of the FNV hash, which this one is but for its offset and the units' size. */
const FACTOR = 0x01000193;

/** Space, and tab, line feed, vertical tab, form feed, carriage return. */
function isBlank(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13);
}
