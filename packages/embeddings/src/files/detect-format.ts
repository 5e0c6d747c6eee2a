import type { ByteReader } from './byte-reader.ts';
import { parseHeader } from './header.ts';

/** The formats that are read and written. `word2vec` is word2vec's text, which is also fastText's `.vec`. */
export type VectorFormat = 'word2vec' | 'word2vec-binary' | 'glove' | 'safetensors';

/** What decides: a header, a word and the start of its numbers. */
const PEEK = 4096;

/** The format of a file by its first bytes, or what else it is. */
export async function detectFormat(reader: ByteReader): Promise<VectorFormat | 'pickle' | 'fasttext'> {
  await reader.require(PEEK);
  const bytes = reader.bytes.subarray(reader.begin, reader.begin + Math.min(reader.available, PEEK));
  if (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) return 'pickle';
  if (bytes.length >= 8) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (view.getUint32(0, true) === 793_712_314) return 'fasttext';
    if (view.getUint16(6, true) === 0 && bytes[8] === 0x7b && bytes.subarray(0, 8).includes(0))
      return 'safetensors';
  }
  const lineEnd = bytes.indexOf(0x0a);
  const header =
    lineEnd < 0 || lineEnd > 100
      ? undefined
      : parseHeader(String.fromCharCode(...bytes.subarray(0, lineEnd)));
  if (!header) return 'glove';
  let start = lineEnd + 1;
  while (bytes[start] === 0x0a) start++;
  const lineOf = bytes.subarray(start);
  const nextEnd = lineOf.indexOf(0x0a);
  const fields = String.fromCharCode(...(nextEnd < 0 ? lineOf : lineOf.subarray(0, nextEnd)))
    .trimEnd()
    .split(/[ \t]+/);
  if (nextEnd < 0 && lineOf.length >= PEEK / 2) fields.pop(); // cut
  // A word may have any bytes, and so may a vector: the last of what stands in the line tells.
  return fields.length > 1 && fields.slice(1).slice(-8).every(isNumber) ? 'word2vec' : 'word2vec-binary';
}

function isNumber(field: string): boolean {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(field);
}
