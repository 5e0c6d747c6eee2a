import { createRandomSource } from '../random-source.ts';

/**
 * The order in which pairs of rows are trained on: one that looks drawn, and is the same wherever a pair comes up, so that sorting by it is
 * shuffling. A Feistel network of four rounds takes each pair to a place of its own out of 2⁶⁴, and back.
 */
export class PairOrder {
  /** One for each round. */
  readonly keys: Uint32Array;
  /** What {@link place} and {@link pair} found: the higher half of the place, or the first row. */
  high = 0;
  /** The lower half of the place, or the second row. */
  low = 0;

  constructor(seed: number) {
    const draw = createRandomSource(Math.floor(seed / 2 ** 32) ^ seed);
    this.keys = Uint32Array.from({ length: 4 }, () => draw() * 2 ** 32);
  }

  /** Where a pair stands. */
  place(first: number, second: number): void {
    let [left, right] = [first, second];
    for (let round = 0; round < 4; round++) {
      const next = left ^ mixed(right + this.keys[round]!);
      left = right;
      right = next;
    }
    this.high = left >>> 0;
    this.low = right >>> 0;
  }

  /** Which pair stands there. */
  pair(high: number, low: number): void {
    let [left, right] = [high, low];
    for (let round = 3; round >= 0; round--) {
      const before = right ^ mixed(left + this.keys[round]!);
      right = left;
      left = before;
    }
    this.high = left >>> 0;
    this.low = right >>> 0;
  }
}

function mixed(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
