/** Two halves of a 64-bit number, without sign. */
export interface Hash {
  high: number;
  low: number;
}

/** KenLM's factors: of the hash so far, and of the next word's id plus one. */
const HASH_FACTOR = split(8978948897894561157n);
const WORD_FACTOR = split(17894857484156487943n);

/** The hash of an n-gram from that of its longest suffix and its first word, modulo 2⁶⁴; changed in place. */
export function extendHash(hash: Hash, word: number): void {
  const { high, low } = hash;
  const wordHigh = Math.imul(word + 1, WORD_FACTOR.high) + highProduct(word + 1, WORD_FACTOR.low);
  const wordLow = Math.imul(word + 1, WORD_FACTOR.low);
  const hashHigh =
    Math.imul(high, HASH_FACTOR.low) + Math.imul(low, HASH_FACTOR.high) + highProduct(low, HASH_FACTOR.low);
  hash.high = (hashHigh ^ wordHigh) >>> 0;
  hash.low = (Math.imul(low, HASH_FACTOR.low) ^ wordLow) >>> 0;
}

/** The upper 32 bits of a product of two 32-bit numbers. */
function highProduct(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = aHigh * bLow + Math.floor((aLow * bLow) / 0x10000);
  const other = aLow * bHigh + (middle % 0x10000);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000);
}

function split(number: bigint): Hash {
  return { high: Number(number >> 32n), low: Number(number & 0xffffffffn) };
}

/** Probabilities and back-off weights of n-grams by their hash. */
export class HashTable {
  readonly logProbabilities: Float32Array;
  readonly logBackoffs: Float32Array;
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #mask: number;

  /** @param capacity more than the n-grams that will be put in */
  constructor(capacity: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, capacity * 1.5)));
    this.#mask = size - 1;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.logProbabilities = new Float32Array(size);
    this.logBackoffs = new Float32Array(size);
  }

  /** Where an n-gram is, or would be put. Hashes of 0 stand for nothing. */
  slotOf(high: number, low: number): number {
    let slot = (low ^ (high >>> 7)) & this.#mask;
    while ((this.#high[slot] !== high || this.#low[slot] !== low) && (this.#high[slot] || this.#low[slot])) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  /** Where an n-gram is, −1 if it is not there. */
  find({ high, low }: Hash): number {
    const slot = this.slotOf(high, low);
    return this.#high[slot] || this.#low[slot] ? slot : -1;
  }

  add(high: number, low: number, logProbability: number, logBackoff: number): void {
    const slot = this.slotOf(high, low);
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.logProbabilities[slot] = logProbability;
    this.logBackoffs[slot] = logBackoff;
  }
}
