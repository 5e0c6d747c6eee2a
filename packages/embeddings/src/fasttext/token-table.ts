import { fnvHash } from './fnv-hash.ts';

/** Different words and labels in the order of their first occurrence, and how often each occurred. */
export class TokenTable {
  #bytes = new Uint8Array(1 << 16);
  #offsets = new Int32Array(1 << 12);
  #hashes = new Uint32Array(1 << 12);
  #counts = new Float64Array(1 << 12);
  /** Token + 1 by hash; 0 is free. */
  #slots = new Int32Array(1 << 13);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  countOf(token: number): number {
    return this.#counts[token]!;
  }

  /** Unsigned, see {@link fnvHash}. */
  hashOf(token: number): number {
    return this.#hashes[token]!;
  }

  /** UTF-8. A view: adding may leave it behind. */
  bytesOf(token: number): Uint8Array {
    return this.#bytes.subarray(this.#offsets[token]!, this.#offsets[token + 1]!);
  }

  /** The number of a token, −1 if it is not there. @param hash see {@link fnvHash} */
  find(bytes: Uint8Array, begin: number, end: number, hash: number): number {
    return this.#slots[this.#slotOf(bytes, begin, end, hash)]! - 1;
  }

  /** Counts one more of a token. @returns its number */
  add(bytes: Uint8Array, begin: number, end: number, count = 1): number {
    const hash = fnvHash(bytes, begin, end);
    const slot = this.#slotOf(bytes, begin, end, hash);
    const known = this.#slots[slot]! - 1;
    if (known >= 0) {
      this.#counts[known]! += count;
      return known;
    }
    const token = this.#size++;
    this.#slots[slot] = token + 1;
    if (token + 2 > this.#offsets.length) this.#growTokens();
    const from = this.#offsets[token]!;
    if (from + end - begin > this.#bytes.length) this.#growBytes(from + end - begin);
    this.#bytes.set(bytes.subarray(begin, end), from);
    this.#offsets[token + 1] = from + end - begin;
    this.#hashes[token] = hash;
    this.#counts[token] = count;
    if (2 * this.#size > this.#slots.length) this.#spread();
    return token;
  }

  #slotOf(bytes: Uint8Array, begin: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const token = this.#slots[slot]! - 1;
      if (token < 0 || (this.#hashes[token] === hash && this.#isSame(token, bytes, begin, end))) return slot;
    }
  }

  #isSame(token: number, bytes: Uint8Array, begin: number, end: number): boolean {
    const from = this.#offsets[token]!;
    if (this.#offsets[token + 1]! - from !== end - begin) return false;
    for (let at = 0; at < end - begin; at++) if (this.#bytes[from + at] !== bytes[begin + at]) return false;
    return true;
  }

  #growTokens(): void {
    const length = 2 * this.#offsets.length;
    const [offsets, hashes, counts] = [this.#offsets, this.#hashes, this.#counts];
    this.#offsets = new Int32Array(length);
    this.#hashes = new Uint32Array(length);
    this.#counts = new Float64Array(length);
    this.#offsets.set(offsets);
    this.#hashes.set(hashes);
    this.#counts.set(counts);
  }

  #growBytes(needed: number): void {
    const bytes = this.#bytes;
    this.#bytes = new Uint8Array(2 * needed);
    this.#bytes.set(bytes);
  }

  #spread(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let token = 0; token < this.#size; token++) {
      let slot = this.#hashes[token]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = token + 1;
    }
  }
}
