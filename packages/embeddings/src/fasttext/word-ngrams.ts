/** A prime close to 2 ** 27. */
const FACTOR = 116_049_371;

/**
 * The n-grams of words in a line, from two words on, as numbers below `bucket`. A hash is 64 bits, and those of words, of 32, count as numbers with a sign.
 *
 * @param hashes of the line's words, unsigned
 * @param length words of the longest; 1 for none
 * @see Joulin et al. 2017, "Bag of tricks for efficient text classification", §2.2
 */
export function wordNgramBuckets(hashes: readonly number[], length: number, bucket: number): number[] {
  const buckets: number[] = [];
  for (let first = 0; first < hashes.length; first++) {
    let low = hashes[first]!;
    let high = low >= 0x80000000 ? 0xffffffff : 0;
    for (let next = first + 1; next < hashes.length && next < first + length; next++) {
      // (high, low) · FACTOR + hash, in products below 2 ** 53
      const lower = (low & 0xffff) * FACTOR;
      const upper = (low >>> 16) * FACTOR;
      const hash = hashes[next]!;
      const sum = lower + (upper % 0x10000) * 0x10000 + hash;
      const carried = Math.floor(sum / 0x100000000) + Math.floor(upper / 0x10000);
      high = (Math.imul(high, FACTOR) + carried + (hash >= 0x80000000 ? 0xffffffff : 0)) >>> 0;
      low = sum % 0x100000000;
      buckets.push(remainder(high, low, bucket));
    }
  }
  return buckets;
}

/** (high · 2 ** 32 + low) mod divisor, for divisors below 2 ** 31. */
function remainder(high: number, low: number, divisor: number): number {
  let rest = high % divisor;
  rest = (rest * 0x10000 + (low >>> 16)) % divisor;
  return (rest * 0x10000 + (low & 0xffff)) % divisor;
}
