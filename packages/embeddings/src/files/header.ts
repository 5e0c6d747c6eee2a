import type { ByteReader, RefuseAt } from './byte-reader.ts';

/** What the first line of a file says, or its first vector. */
export interface FileHeader {
  /** Words; undefined if the file does not say. */
  readonly count: number | undefined;
  /** Numbers in a vector. */
  readonly size: number;
}

/** Bytes that a line of two integers has at most. */
const LONGEST_HEADER = 100;

/** The two integers of a line, if it is one: words, and numbers in a vector. */
export function parseHeader(line: string): { count: number; size: number } | undefined {
  const match = /^\s*(\d{1,15})[ \t]+(\d{1,9})\s*$/.exec(line);
  return match ? { count: Number(match[1]), size: Number(match[2]) } : undefined;
}

/** Reads the first line of a file in one of word2vec's formats, and passes it. */
export async function readHeader(
  reader: ByteReader,
  refuse: RefuseAt,
): Promise<{ count: number; size: number }> {
  let window: Uint8Array;
  let end: number;
  for (;;) {
    const length = Math.min(reader.available, LONGEST_HEADER);
    window = reader.bytes.subarray(reader.begin, reader.begin + length);
    end = window.indexOf(0x0a);
    if (end >= 0 || length === LONGEST_HEADER || !(await reader.more())) break;
  }
  const header = end < 0 ? undefined : parseHeader(String.fromCharCode(...window.subarray(0, end)));
  if (!header || header.size < 1) {
    throw refuse(0, 'the file must begin with a line of two integers, words and numbers in a vector');
  }
  checkSize(header.size, refuse);
  reader.skip(end + 1);
  return header;
}

/** Numbers in a vector, at most: what a file says is not believed beyond. */
const LARGEST_SIZE = 1 << 20;

export function checkSize(size: number, refuse: RefuseAt): void {
  if (size > LARGEST_SIZE) throw refuse(0, `vectors must have at most ${LARGEST_SIZE} numbers, got ${size}`);
}
