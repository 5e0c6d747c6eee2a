import { threefry2x32 } from './threefry.ts';

/**
 * The key for the draws at one place: a seed and a path of integers (a step, a site, a sample number, …), each
 * mixed in by one Threefry block.
 */
export function randomKey(seed: number, ...path: readonly number[]): Uint32Array {
  const key = new Uint32Array([seed, Math.floor(seed / 0x1_0000_0000)]);
  for (const part of path) threefry2x32(key[0]!, key[1]!, part, Math.floor(part / 0x1_0000_0000) + 1, key);
  return key;
}

/**
 * A stream of random numbers that is a function of a seed and a path of integers alone.
 *
 * @example
 * const stream = new RandomStream(42, 3); // the draws of step 3 under seed 42
 * stream.uniform(); // always the same number
 */
export class RandomStream {
  readonly #key: Uint32Array;
  readonly #block = new Uint32Array(2);
  #counter = 0;
  #spareNormal: number | undefined;

  /** @param seed a non-negative integer below 2⁵³ @param path what the draws are for */
  constructor(seed: number, ...path: readonly number[]) {
    this.#key = randomKey(seed, ...path);
  }

  /** A uniform integer in [0, 2³²). */
  uint32(): number {
    const word = this.#counter % 2;
    if (word === 0) {
      const block = this.#counter / 2;
      threefry2x32(this.#key[0]!, this.#key[1]!, block, Math.floor(block / 0x1_0000_0000), this.#block);
    }
    this.#counter++;
    return this.#block[word]!;
  }

  /** A uniform number in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /** A standard normal number (Box–Muller). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * A uniform integer in [0, below).
   *
   * @throws {RangeError} unless `below` is an integer from 1 to 2³²
   */
  integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > 0x1_0000_0000) {
      throw new RangeError(`RandomStream.integer: below must be an integer from 1 to 2^32, got ${below}.`);
    }
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % below); // rejects the uneven tail, so every value is equally likely
    let draw = this.uint32();
    while (draw >= limit) draw = this.uint32();
    return draw % below;
  }
}
