/**
 * FNV-1a of some bytes, 32 bits, as fastText has it: bytes above 127 are taken as negative numbers, and so set all higher bits.
 *
 * @returns an unsigned number
 */
export function fnvHash(bytes: Uint8Array, begin: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = begin; at < end; at++) {
    hash = Math.imul(hash ^ ((bytes[at]! << 24) >> 24), 0x01000193);
  }
  return hash >>> 0;
}
