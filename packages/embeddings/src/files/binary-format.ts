import type { WordVectors } from '../vectors/word-vectors.ts';
import type { ByteReader } from './byte-reader.ts';
import { decodeWord } from './decode-word.ts';
import type { FormatContext } from './format-context.ts';
import { readHeader } from './header.ts';
import { RowCollector } from './row-collector.ts';

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Longer words are none: the bytes before the next space belong to a vector. */
export const LONGEST_WORD = 65_536;

/**
 * word2vec's binary format: a line with the numbers of words and of numbers in a vector; then, for each word, its bytes, a space, and the
 * vector as little-endian float32. word2vec.c ends each with a newline, gensim does not.
 */
export async function readWord2vecBinary(reader: ByteReader, context: FormatContext): Promise<WordVectors> {
  const { refuse, fileSize, invalidText, onProgress } = context;
  const { count, size } = await readHeader(reader, refuse);
  const vectorBytes = 4 * size;
  const possible =
    fileSize === undefined ? undefined : Math.floor((fileSize - reader.offset) / (vectorBytes + 1));
  if (possible !== undefined && count > possible && context.limit === undefined) {
    throw refuse(
      0,
      `${count} words of ${size} numbers must take more than the file's ${fileSize} bytes: it is not whole`,
    );
  }
  const rows = new RowCollector(size, Math.min(count, possible ?? Infinity), possible !== undefined, context);
  const floats = new Float32Array(size);
  const floatBytes = new DataView(floats.buffer);
  for (let word = 0; word < count && !rows.isFull; word++) {
    let begin = reader.begin;
    let space = -1;
    for (;;) {
      begin = reader.begin;
      while (begin < reader.end && reader.bytes[begin] === NEWLINE) begin++;
      space = reader.bytes.indexOf(SPACE, begin);
      if (space >= 0 && space + vectorBytes < reader.end) break;
      if (space < 0 && reader.end - begin > LONGEST_WORD) {
        throw refuse(reader.offset, `a word must have at most ${LONGEST_WORD} bytes, got more`);
      }
      onProgress?.({ bytes: reader.offset, words: rows.count });
      if (!(await reader.more())) {
        const at = reader.offset + reader.available;
        throw refuse(at, `${count} words must be there, the file ends in word ${word + 1}`);
      }
    }
    if (space - begin > LONGEST_WORD) {
      throw refuse(reader.offset, `a word must have at most ${LONGEST_WORD} bytes, got ${space - begin}`);
    }
    const text = decodeWord(reader.bytes, begin, space, invalidText);
    if (text === undefined) {
      throw refuse(
        reader.offset,
        `word ${word + 1} must be UTF-8 (read with invalidText "replace" to go on)`,
      );
    }
    if (rows.wants(text)) {
      const source = new DataView(reader.bytes.buffer, reader.bytes.byteOffset + space + 1, vectorBytes);
      let sum = 0;
      for (let at = 0; at < vectorBytes; at += 4)
        floatBytes.setUint32(at, source.getUint32(at, true), LITTLE);
      for (let column = 0; column < size; column++) sum += floats[column]! * 0;
      if (sum !== 0) {
        const column = floats.findIndex((value) => !Number.isFinite(value));
        const at = reader.offset + space + 1 - reader.begin + 4 * column;
        throw refuse(
          at,
          `number ${column + 1} of ${JSON.stringify(text)} must be finite, got ${floats[column]}`,
        );
      }
      const row = rows.add(text);
      rows.table.set(floats, row);
    }
    reader.skip(space + 1 + vectorBytes - reader.begin);
  }
  if (!rows.isFull) await expectEnd(reader, count, context);
  onProgress?.({ bytes: reader.offset, words: rows.count });
  return rows.finish();
}

/** The byte order of this machine. */
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

async function expectEnd(reader: ByteReader, count: number, { refuse }: FormatContext): Promise<void> {
  for (;;) {
    while (reader.available > 0 && reader.bytes[reader.begin] === NEWLINE) reader.skip(1);
    if (reader.available > 0) {
      throw refuse(reader.offset, `the file must end after the ${count} words that its header tells of`);
    }
    if (!(await reader.more())) return;
  }
}
