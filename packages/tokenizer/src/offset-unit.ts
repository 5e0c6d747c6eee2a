import type { Encoding } from './encoding.ts';

/** What offsets count. */
export type OffsetUnit = 'utf-16' | 'code-points' | 'bytes';

/**
 * The encoding of a text, with offsets that count code points or bytes of UTF-8 instead of UTF-16 code units.
 *
 * @param words the text's words; a single one for a text that was not cut
 * @param isCut whether the words were given by the caller, so that offsets count from the beginning of each
 */
export function convertOffsets(
  encoding: Encoding,
  words: readonly string[],
  isCut: boolean,
  unit: OffsetUnit,
): Encoding {
  const tables = words.map((word) => positionsIn(word, unit));
  const convert = (position: number, token: number): number =>
    tables[isCut ? encoding.wordIds[token]! : 0]![position]!;
  return encoding.with({ starts: encoding.starts.map(convert), ends: encoding.ends.map(convert) });
}

/** For each code unit of a text, and its end: how many code points or bytes are before it. */
function positionsIn(text: string, unit: OffsetUnit): Int32Array {
  const positions = new Int32Array(text.length + 1);
  let position = 0;
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index)!;
    const length = codePoint > 0xffff ? 2 : 1;
    positions.fill(position, index, index + length);
    position += unit === 'bytes' ? byteCount(codePoint) : 1;
    index += length;
  }
  positions[text.length] = position;
  return positions;
}

function byteCount(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
