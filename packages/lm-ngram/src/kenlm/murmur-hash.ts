import type { Hash } from './hash-table.ts';

const FACTOR = 0xc6a4a7935bd1e995n;

/**
 * The hash of a word's UTF-8 bytes by which KenLM looks it up: MurmurHash64A with seed 0.
 *
 * @see Austin Appleby, MurmurHash2, 64-bit version for 64-bit machines
 */
export function murmurHash(word: string): Hash {
  const bytes = new TextEncoder().encode(word);
  const view = new DataView(bytes.buffer);
  const times = (number: bigint) => BigInt.asUintN(64, number * FACTOR);
  const shift = (number: bigint) => number ^ (number >> 47n);
  let hash = times(BigInt(bytes.length));
  const whole = bytes.length & ~7;
  for (let at = 0; at < whole; at += 8) hash = times(hash ^ times(shift(times(view.getBigUint64(at, true)))));
  if (whole < bytes.length) {
    for (let at = whole; at < bytes.length; at++) hash ^= BigInt(bytes[at]!) << BigInt(8 * (at - whole));
    hash = times(hash);
  }
  hash = shift(times(shift(hash)));
  return { high: Number(hash >> 32n), low: Number(hash & 0xffffffffn) };
}
