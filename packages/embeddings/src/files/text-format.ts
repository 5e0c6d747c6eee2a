import type { WordVectors } from '../vectors/word-vectors.ts';
import type { ByteReader, RefuseAt } from './byte-reader.ts';
import { decodeWord } from './decode-word.ts';
import type { FormatContext } from './format-context.ts';
import { checkSize, type FileHeader, readHeader } from './header.ts';
import { parseNumber } from './parse-number.ts';
import { RowCollector } from './row-collector.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** Longer lines are none of a file of vectors: 300 numbers take 4 KB. */
const LONGEST_LINE = 1 << 24;

/** word2vec's text, fastText's `.vec` too: a line with the numbers of words and of numbers in a vector, then a line for each word. */
export async function readWord2vecText(reader: ByteReader, context: FormatContext): Promise<WordVectors> {
  const header = await readHeader(reader, context.refuse);
  return readLines(reader, header, context);
}

/**
 * GloVe's text: a line for each word, no header. The first line tells how many numbers there are; words may have spaces, as some of
 * `glove.840B` have, but for the first.
 */
export async function readGloveText(reader: ByteReader, context: FormatContext): Promise<WordVectors> {
  let end = lineEndOf(reader);
  while (end < 0) {
    checkLineLength(reader, context.refuse);
    end = (await reader.more()) ? lineEndOf(reader) : reader.end;
  }
  const fields = fieldStarts(reader.bytes, reader.begin, end);
  if (fields < 2) {
    throw context.refuse(
      reader.offset,
      'the first line must hold a word and its numbers, separated by spaces',
    );
  }
  checkSize(fields - 1, context.refuse);
  return readLines(reader, { size: fields - 1, count: undefined }, context);
}

async function readLines(
  reader: ByteReader,
  { size, count }: FileHeader,
  context: FormatContext,
): Promise<WordVectors> {
  const { refuse, fileSize, onProgress } = context;
  // For each number a space and a digit, and an end that the last line may lack.
  const possible = fileSize === undefined ? undefined : Math.floor((fileSize + 1) / (2 * size + 1));
  if (count !== undefined && possible !== undefined && count > possible && context.limit === undefined) {
    throw refuse(
      0,
      `${count} words of ${size} numbers must be more than ${fileSize} bytes: the file is not whole`,
    );
  }
  const bound = Math.min(count ?? Infinity, possible ?? Infinity);
  const rows = new RowCollector(size, bound, count !== undefined && possible !== undefined, context);
  let line = 0;
  const take = (begin: number, end: number): void => {
    if (count !== undefined && line >= count) {
      if (isBlank(reader.bytes, begin, end)) return;
      throw refuse(reader.offset, `the file must end after the ${count} words that its header tells of`);
    }
    if (isBlank(reader.bytes, begin, end)) {
      if (count === undefined) return;
      throw refuse(reader.offset, `a word and ${size} numbers must follow, got an empty line`);
    }
    readLine(reader.bytes, begin, end, rows, size, reader.offset, context);
    line++;
  };
  while (!rows.isFull) {
    const { begin } = reader;
    const lineEnd = lineEndOf(reader);
    if (lineEnd >= 0) {
      take(begin, lineEnd);
      reader.skip(lineEnd + 1 - begin);
      continue;
    }
    checkLineLength(reader, refuse);
    onProgress?.({ bytes: reader.offset, words: rows.count });
    if (await reader.more()) continue;
    if (reader.available > 0) take(reader.begin, reader.end);
    reader.skip(reader.available);
    if (count !== undefined && line < count) {
      throw refuse(reader.offset, `${count} words must be there, the file ends after ${line}`);
    }
    break;
  }
  onProgress?.({ bytes: reader.offset, words: rows.count });
  return rows.finish();
}

/** A word, and numbers of the vector, which are counted from the end: the word may have spaces. */
function readLine(
  bytes: Uint8Array,
  begin: number,
  end: number,
  rows: RowCollector,
  size: number,
  offset: number,
  { refuse, invalidText }: FormatContext,
): void {
  let last = end;
  while (last > begin && isSeparator(bytes[last - 1]!)) last--;
  const [starts, ends] = spans(size);
  let at = last;
  for (let column = size - 1; column >= 0; column--) {
    ends[column] = at;
    while (at > begin && !isSeparator(bytes[at - 1]!)) at--;
    starts[column] = at;
    if (at === begin) {
      throw refuse(
        offset,
        `a word and ${size} numbers must stand in a line, got ${size - 1 - column} after the first`,
      );
    }
    while (at > begin && isSeparator(bytes[at - 1]!)) at--;
  }
  const word = decodeWord(bytes, begin, at, invalidText);
  if (word === undefined)
    throw refuse(offset, 'a word must be UTF-8 (read with invalidText "replace" to go on)');
  if (!rows.wants(word)) return;
  const row = rows.add(word);
  const { table } = rows;
  for (let column = 0; column < size; column++) {
    const value = parseNumber(bytes, starts[column]!, ends[column]!);
    if (!Number.isFinite(Math.fround(value))) {
      const text = String.fromCharCode(
        ...bytes.subarray(starts[column]!, Math.min(ends[column]!, starts[column]! + 40)),
      );
      throw refuse(
        offset + starts[column]! - begin,
        `number ${column + 1} of ${JSON.stringify(word)} must be a finite decimal, got ${JSON.stringify(text)}`,
      );
    }
    table[row + column] = value;
  }
}

// Where the numbers of the line that is being read begin and end.
let starts = new Int32Array(512);
let ends = new Int32Array(512);

function spans(size: number): [starts: Int32Array, ends: Int32Array] {
  if (starts.length < size) {
    starts = new Int32Array(size);
    ends = new Int32Array(size);
  }
  return [starts, ends];
}

function fieldStarts(bytes: Uint8Array, begin: number, end: number): number {
  let fields = 0;
  for (let at = begin; at < end; at++) {
    if (!isSeparator(bytes[at]!) && (at === begin || isSeparator(bytes[at - 1]!))) fields++;
  }
  return fields;
}

/** Index of the end of the window's first line, −1 if it lies beyond. */
function lineEndOf({ bytes, begin, end }: ByteReader): number {
  const at = bytes.indexOf(NEWLINE, begin);
  return at < end ? at : -1;
}

function isBlank(bytes: Uint8Array, begin: number, end: number): boolean {
  for (let at = begin; at < end; at++) if (!isSeparator(bytes[at]!)) return false;
  return true;
}

/** Only these: words may have other spaces of Unicode in them. */
function isSeparator(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

function checkLineLength(reader: ByteReader, refuse: RefuseAt): void {
  if (reader.available > LONGEST_LINE) {
    throw refuse(
      reader.offset,
      `a line must have at most ${LONGEST_LINE} bytes, got more: this is no file of text`,
    );
  }
}
