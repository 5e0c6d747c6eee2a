import { fillByKernel } from './mask-kernel.ts';

/**
 * Threefry-2x32 with 20 rounds: a counter-based generator. The same key and counter give the same 64 bits, in
 * any order, on any machine, so a draw is a function of where it is used and not of what was drawn before.
 *
 * @see Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", §3.3
 */
const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** Encrypts one counter block: writes the two 32-bit words of `threefry(key, counter)` to `out[0]` and `out[1]`. */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
): void {
  const key2 = PARITY ^ key0 ^ key1;
  const keys = [key0, key1, key2];
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let group = 1; group <= 5; group++) {
    const first = group % 2 === 1 ? 0 : 4;
    for (let round = first; round < first + 4; round++) {
      const rotation = ROTATIONS[round]!;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    }
    x0 = (x0 + keys[group % 3]!) | 0;
    x1 = (x1 + keys[(group + 1) % 3]! + group) | 0;
  }
  out[0] = x0;
  out[1] = x1;
}

/**
 * Fills an array with uniform numbers in [0, 1): the upper 24 bits of each word.
 *
 * @param firstBlock the numbers begin at this pair in the key's sequence
 */
export function fillUniform(numbers: Float32Array, key: Uint32Array, firstBlock = 0): void {
  const block = new Uint32Array(2);
  for (let index = 0; index < numbers.length; index++) {
    if (index % 2 === 0) threefry2x32(key[0]!, key[1]!, firstBlock + index / 2, 0, block);
    numbers[index] = (block[index % 2]! >>> 8) / 0x100_0000;
  }
}

/**
 * Fills `mask` with inverted-dropout factors: `1 / keep` with probability `keep`, else 0. Sixteen random bits an
 * element, so `keep` is honored to within 2⁻¹⁷.
 *
 * @param firstBlock the factors begin at this group of four in the key's sequence
 */
export function fillDropoutMask(mask: Float32Array, rate: number, key: Uint32Array, firstBlock = 0): void {
  const key0 = key[0]!;
  const key1 = key[1]!;
  const key2 = PARITY ^ key0 ^ key1;
  const threshold = Math.round((1 - rate) * 0x10000);
  const scale = 1 / (1 - rate);
  const length = mask.length;
  const drawn = fillByKernel(mask, [key0, key1], firstBlock, threshold, scale);
  for (let index = drawn, counter = firstBlock + drawn / 4; index < length; index += 4, counter++) {
    // threefry2x32(key, (counter, 0)), written out, for the rest and for where there is no kernel.
    let x0 = (counter + key0) | 0;
    let x1 = key1;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + key1) | 0;
    x1 = (x1 + key2 + 1) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + key2) | 0;
    x1 = (x1 + key0 + 2) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + key0) | 0;
    x1 = (x1 + key1 + 3) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    x0 = (x0 + key1) | 0;
    x1 = (x1 + key2 + 4) | 0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    x0 = (x0 + key2) | 0;
    x1 = (x1 + key0 + 5) | 0;
    mask[index] = (x0 & 0xffff) < threshold ? scale : 0;
    mask[index + 1] = x0 >>> 16 < threshold ? scale : 0; // writes past the end of a typed array are dropped
    mask[index + 2] = (x1 & 0xffff) < threshold ? scale : 0;
    mask[index + 3] = x1 >>> 16 < threshold ? scale : 0;
  }
}
