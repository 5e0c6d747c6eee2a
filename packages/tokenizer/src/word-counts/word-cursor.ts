/**
 * A stream of words and their counts, in ascending order of UTF-16 code units (that of JavaScript's `<`), each word once.
 *
 * The fields describe the word that the last `next` moved to. Its code units lie in `bytes`, one byte each if all are below 256,
 * else two (little-endian), so that neither English nor Chinese takes more memory than it needs. They are valid until `next` is
 * called again.
 */
export interface WordCursor {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly byteLength: number;
  /** Whether code units take two bytes. */
  readonly isWide: boolean;
  readonly count: number;
  /** Moves to the next word; false if there is none. */
  next(): boolean;
}

/** The order of the words that two cursors are at: negative, 0 or positive. */
export function compareWords(a: WordCursor, b: WordCursor): number {
  const aLength = a.isWide ? a.byteLength >> 1 : a.byteLength;
  const bLength = b.isWide ? b.byteLength >> 1 : b.byteLength;
  const length = Math.min(aLength, bLength);
  for (let index = 0; index < length; index++) {
    const difference = unitAt(a, index) - unitAt(b, index);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}

/** The word that a cursor is at, as a string that shares no memory with it. */
export function wordAt(cursor: WordCursor): string {
  const length = cursor.isWide ? cursor.byteLength >> 1 : cursor.byteLength;
  let word = '';
  for (let start = 0; start < length; start += ARGUMENTS) {
    const units: number[] = [];
    for (let index = start; index < Math.min(length, start + ARGUMENTS); index++) {
      units.push(unitAt(cursor, index));
    }
    word += String.fromCharCode(...units);
  }
  return word;
}

/** Arguments per call; engines allow tens of thousands. */
const ARGUMENTS = 8192;

function unitAt({ bytes, start, isWide }: WordCursor, index: number): number {
  if (!isWide) return bytes[start + index]!;
  const at = start + 2 * index;
  return bytes[at]! | (bytes[at + 1]! << 8);
}
