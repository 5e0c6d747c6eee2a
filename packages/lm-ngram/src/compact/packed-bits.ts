/** Bytes that hold `count` numbers of `bits` bits each, and a few more so that four bytes can be read anywhere. */
export function packedByteLength(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8) + 4;
}

/**
 * Puts numbers of a fixed size one after the other, lowest bit first.
 *
 * @param bits 1 to 24
 */
export function packNumbers(numbers: ArrayLike<number>, bits: number): Uint8Array {
  const bytes = new Uint8Array(packedByteLength(numbers.length, bits));
  for (let index = 0; index < numbers.length; index++) {
    let at = index * bits;
    let rest = numbers[index]!;
    let left = bits;
    while (left > 0) {
      const shift = at & 7;
      bytes[at >> 3]! |= rest << shift;
      rest >>>= 8 - shift;
      left -= 8 - shift;
      at += 8 - shift;
    }
  }
  return bytes;
}

/**
 * Reads numbers that {@link packNumbers} packed, as many as `target` has room for.
 *
 * @param table what stands for each number (default: the numbers themselves)
 * @returns the largest number
 */
export function unpackNumbers(
  bytes: Uint8Array,
  bits: number,
  target: Int32Array | Float32Array,
  table?: Float32Array,
): number {
  const mask = 2 ** bits - 1;
  let byte = 0;
  let shift = 0;
  let largest = 0;
  for (let index = 0; index < target.length; index++) {
    const four = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
    const number = (four >>> shift) & mask;
    target[index] = table ? table[number]! : number;
    if (number > largest) largest = number;
    shift += bits;
    byte += shift >> 3;
    shift &= 7;
  }
  return largest;
}
