/**
 * Short rows of small numbers in as few 32-bit words as they fit in, the first number in the highest bits: comparing the words compares the rows.
 */
export class NgramPacking {
  /** Of a number. */
  readonly bits: number;
  /** Numbers of a row. */
  readonly length: number;
  /** 32-bit words of a row. */
  readonly words: number;
  /** The word that each number begins in, and how many bits of it come after the number; negative if it goes on in the next word. */
  readonly #word: Int32Array;
  readonly #after: Int32Array;

  constructor(bits: number, length: number) {
    this.bits = bits;
    this.length = length;
    this.words = Math.ceil((bits * length) / 32);
    this.#word = Int32Array.from({ length }, (_, index) => (index * bits) >>> 5);
    this.#after = Int32Array.from({ length }, (_, index) => 32 - ((index * bits) & 31) - bits);
  }

  /** @param step 1 for numbers in their order, −1 for those that stand before `at`, the last first */
  pack(numbers: ArrayLike<number>, at: number, step: 1 | -1, target: Uint32Array, place: number): void {
    for (let word = 0; word < this.words; word++) target[place + word] = 0;
    for (let index = 0; index < this.length; index++, at += step) {
      const number = numbers[at]!;
      const word = place + this.#word[index]!;
      const after = this.#after[index]!;
      if (after >= 0) {
        target[word]! |= number << after;
      } else {
        target[word]! |= number >>> -after;
        target[word + 1]! |= number << (32 + after);
      }
    }
  }

  unpack(source: Uint32Array, place: number, numbers: Int32Array): void {
    const mask = 2 ** this.bits - 1;
    for (let index = 0; index < this.length; index++) {
      const word = place + this.#word[index]!;
      const after = this.#after[index]!;
      numbers[index] =
        (after >= 0
          ? source[word]! >>> after
          : (source[word]! << -after) | (source[word + 1]! >>> (32 + after))) & mask;
    }
  }
}

/** Bits for the numbers from 0 to the largest. */
export function bitsFor(largest: number): number {
  return Math.max(1, 32 - Math.clz32(largest));
}
