/**
 * Where the children of each n-gram of a level are, from bits that count them in unary: for each n-gram a one for each child, then a zero.
 * The bits are used as they are; beside them stands the place of every sixteenth zero.
 *
 * @see Jacobson 1989, "Space-efficient static trees and graphs" (select)
 */
export class ChildDirectory {
  readonly #bits: Uint8Array;
  /** The byte that holds every sixteenth zero, and how many zeros come before that byte. */
  readonly #bytes: Int32Array;
  readonly #zeros: Int32Array;

  /**
   * @param contextCount how many n-grams there are
   * @param childCount   how many children they have together
   * @throws {RangeError} if the bits count others
   */
  constructor(bits: Uint8Array, contextCount: number, childCount: number) {
    this.#bits = bits;
    const samples = Math.ceil(contextCount / SAMPLE);
    this.#bytes = new Int32Array(samples);
    this.#zeros = new Int32Array(samples);
    const bitCount = contextCount + childCount;
    const whole = bitCount >>> 3;
    let zeros = 0;
    let sample = 0;
    let next = 0;
    for (let byte = 0; byte < whole; byte++) {
      const after = zeros + 8 - ONES[bits[byte]!]!;
      // A byte has eight zeros at most, so that it holds one sampled zero at most.
      if (next < after && sample < samples) {
        this.#bytes[sample] = byte;
        this.#zeros[sample++] = zeros;
        next += SAMPLE;
      }
      zeros = after;
    }
    const rest = bitCount & 7;
    if (rest > 0) {
      if (sample < samples) {
        this.#bytes[sample] = whole;
        this.#zeros[sample] = zeros;
      }
      zeros += rest - ONES[bits[whole]! & ((1 << rest) - 1)]!;
    }
    const last = bitCount - 1;
    if (zeros !== contextCount || (last >= 0 && (bits[last >>> 3]! >> (last & 7)) & 1)) {
      throw new RangeError(`there must be ${contextCount} zeros, the last bit among them, got ${zeros}`);
    }
  }

  /** The number of children of all n-grams before one: where its own begin. */
  startOf(context: number): number {
    return context === 0 ? 0 : this.#placeOf(context - 1) - context + 1;
  }

  /** Where the children of an n-gram end. */
  endOf(context: number): number {
    return this.#placeOf(context) - context;
  }

  /** Of the zero behind the children of an n-gram, in bits. */
  #placeOf(context: number): number {
    let byte = this.#bytes[context >>> SAMPLE_BITS]!;
    let zeros = this.#zeros[context >>> SAMPLE_BITS]!;
    for (;;) {
      const after = zeros + 8 - ONES[this.#bits[byte]!]!;
      if (after > context) break;
      zeros = after;
      byte++;
    }
    let bit = 0;
    for (let left = this.#bits[byte]!; ; bit++, left >>>= 1) {
      if ((left & 1) === 0 && zeros++ === context) return byte * 8 + bit;
    }
  }
}

const SAMPLE_BITS = 4;
const SAMPLE = 1 << SAMPLE_BITS;

/** How many ones each byte has. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let ones = 0;
  for (let left = byte; left > 0; left >>>= 1) ones += left & 1;
  return ones;
});
