import { RandomStream } from '@wordloom/compile';

/** Of the network; with eight, the orders of few items are far from equally likely. */
const ROUNDS = 24;

/**
 * A random order of the integers below `length`, as a function: nothing is stored, and any place of it is computed at
 * once.
 *
 * A Feistel network with round keys from Threefry permutes the smallest power of two that is not below `length`; a result
 * that is out of range is permuted again until it is not (cycle walking), less than twice on average.
 *
 * @param length number of items, below 2⁵³
 * @param path   what the order is for, such as an epoch
 * @returns takes a place in [0, length), gives the item that stands there
 * @throws {RangeError} unless `length` is a positive integer
 * @see Black & Rogaway 2002, "Ciphers with arbitrary finite domains", §3 and §4
 * @example
 * const order = randomOrder(1_000_000_000, 42, epoch);
 * order(7); // the eighth item of this epoch
 */
export function randomOrder(
  length: number,
  seed: number,
  ...path: readonly number[]
): (place: number) => number {
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new RangeError(`randomOrder: length must be a positive integer, got ${length}.`);
  }
  const random = new RandomStream(seed, ...path);
  const keys = Uint32Array.from({ length: ROUNDS }, () => random.uint32());
  let bits = 2;
  while (2 ** bits < length) bits++;
  const lowSize = 2 ** Math.floor(bits / 2);
  const highSize = 2 ** Math.ceil(bits / 2);
  const permute = (value: number): number => {
    let low = value % lowSize;
    let high = Math.floor(value / lowSize);
    for (let round = 0; round < ROUNDS; round += 2) {
      high ^= mix(low, keys[round]!) & (highSize - 1);
      low ^= mix(high, keys[round + 1]!) & (lowSize - 1);
    }
    return high * lowSize + low;
  };
  return (place) => {
    if (!(Number.isSafeInteger(place) && place >= 0 && place < length)) {
      throw new RangeError(`randomOrder: place must be an integer from 0 to below ${length}, got ${place}.`);
    }
    let item = permute(place);
    while (item >= length) item = permute(item);
    return item;
  };
}

/** The round function: MurmurHash3's finalizer, in which every bit of value and key decides about every bit of the result. */
function mix(value: number, key: number): number {
  let hash = value ^ key;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ key;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 16);
}
