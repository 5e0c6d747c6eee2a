/** Draws numbers from 0 up to, not including, 1. */
export type RandomSource = () => number;

/**
 * Numbers that depend on the seed alone, the same on every machine; a 32-bit mixer over a counter (splitmix32).
 *
 * @param seed an integer
 */
export function createRandomSource(seed: number): RandomSource {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Normal numbers, of mean 0 and deviation 1, from a source of uniform ones (Box and Muller 1958). */
export function normalFrom(random: RandomSource): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
