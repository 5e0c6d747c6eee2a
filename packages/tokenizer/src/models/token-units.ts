/** Texts of tokens, by id, in one array: token `id` is the UTF-16 code units `units[starts[id], ends[id])`, empty where an id is left out. */
export interface TokenUnits {
  readonly units: Uint16Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Finds tokens by their texts: a hash table of ids, with open addressing and linear probing. */
export class TokenIndex {
  readonly #tokens: TokenUnits;
  /** Ids, −1 in empty slots. */
  readonly #slots: Int32Array;
  /** Hashes begin with it, so that no file can be made to have many tokens of one hash. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  #count = 0;

  /** An index of no tokens yet. */
  constructor(tokens: TokenUnits) {
    this.#tokens = tokens;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * tokens.starts.length + 16))).fill(-1);
  }

  /** How many tokens there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a token; returns the id of one that has the same text, which is left as it is, or −1. */
  add(id: number): number {
    const { units, starts, ends } = this.#tokens;
    const slot = this.#slotOf(units, starts[id]!, ends[id]!);
    const found = this.#slots[slot]!;
    if (found >= 0) return found;
    this.#slots[slot] = id;
    this.#count++;
    return -1;
  }

  /** The id of the token that has the text `units[start, end)`, or −1. */
  find(units: Uint16Array, start: number, end: number): number {
    return this.#slots[this.#slotOf(units, start, end)]!;
  }

  #slotOf(units: Uint16Array, start: number, end: number): number {
    let hash = this.#seed;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ units[at]!, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id < 0 || this.#has(id, units, start, end)) return slot;
    }
  }

  #has(id: number, units: Uint16Array, start: number, end: number): boolean {
    const { units: own, starts, ends } = this.#tokens;
    const from = starts[id]!;
    if (ends[id]! - from !== end - start) return false;
    for (let at = start; at < end; at++) if (own[from + at - start] !== units[at]) return false;
    return true;
  }
}
