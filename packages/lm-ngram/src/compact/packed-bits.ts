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

/** The number at a place of what {@link packNumbers} packed. */
export function packedNumber(bytes: Uint8Array, bits: number, index: number): number {
  return packedBitsAt(bytes, index * bits, bits);
}

/** The number that begins at a bit. */
export function packedBitsAt(bytes: Uint8Array, at: number, bits: number): number {
  // More than 32 bits where there are many numbers.
  const byte = Math.floor(at / 8);
  const four = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
  return (four >>> (at % 8)) & (2 ** bits - 1);
}

/**
 * Reads numbers that {@link packNumbers} packed, as many as `target` has room for.
 *
 * @returns the largest number
 */
export function unpackNumbers(bytes: Uint8Array, bits: number, target: Int32Array): number {
  const mask = 2 ** bits - 1;
  let byte = 0;
  let shift = 0;
  let largest = 0;
  for (let index = 0; index < target.length; index++) {
    const four = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
    const number = (four >>> shift) & mask;
    target[index] = number;
    if (number > largest) largest = number;
    shift += bits;
    byte += shift >> 3;
    shift &= 7;
  }
  return largest;
}

/** As {@link unpackNumbers}, with what a table says for each number. */
export function unpackCodes(
  bytes: Uint8Array,
  bits: number,
  table: Float32Array,
  target: Float32Array,
): void {
  if (bits === 8) {
    for (let index = 0; index < target.length; index++) target[index] = table[bytes[index]!]!;
    return;
  }
  for (let index = 0; index < target.length; index++)
    target[index] = table[packedNumber(bytes, bits, index)]!;
}
