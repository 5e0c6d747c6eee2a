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

/** Calls `visit` with each number that {@link packNumbers} packed. */
export function forEachPacked(
  bytes: Uint8Array,
  count: number,
  bits: number,
  visit: (number: number, index: number) => void,
): void {
  const mask = 2 ** bits - 1;
  let at = 0;
  for (let index = 0; index < count; index++) {
    const byte = Math.floor(at / 8);
    const four = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16) | (bytes[byte + 3]! << 24);
    visit((four >>> (at % 8)) & mask, index);
    at += bits;
  }
}
