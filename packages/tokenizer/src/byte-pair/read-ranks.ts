import { describeValue } from '../describe-value.ts';
import { largestVocabSize } from '../models/read-vocab.ts';

/** The bytes that tokens stand for, by id: token `id` is `bytes[starts[id], ends[id])`, empty where an id is left out. */
export interface TokenBytes {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Reads tiktoken's ranks: a line for each token, its bytes in base 64, a space and its rank, which is its id.
 *
 * @throws {RangeError} if a line is something else, or names a rank for the second time; the message names the line
 */
export function readRanks(file: string | Uint8Array, caller: string, source: string): TokenBytes {
  const text = typeof file === 'string' ? new TextEncoder().encode(file) : file;
  const bytes = new Uint8Array(text.length);
  const lineStarts: number[] = [];
  const ranks: number[] = [];
  let length = 0;
  let size = 0;
  let line = 0;
  for (let index = 0; index < text.length; ) {
    line++;
    let end = text.indexOf(LINE_FEED, index);
    if (end < 0) end = text.length;
    const next = end + 1;
    if (end > index && text[end - 1] === CARRIAGE_RETURN) end--;
    if (end === index) {
      index = next;
      continue;
    }
    const blank = text.indexOf(BLANK, index);
    const rank = blank < 0 || blank > end ? -1 : readRank(text, blank + 1, end);
    const after = rank < 0 ? -1 : decodeBase64(text, index, blank, bytes, length);
    if (after <= length) {
      const got = new TextDecoder().decode(text.subarray(index, Math.min(end, index + 80)));
      throw new RangeError(
        `${caller}: ${source}: line ${line} must be a token in base 64, a space and a rank below ${largestVocabSize}, got ${describeValue(got)}.`,
      );
    }
    lineStarts.push(length);
    ranks.push(rank);
    size = Math.max(size, rank + 1);
    length = after;
    index = next;
  }
  const starts = new Int32Array(size);
  const ends = new Int32Array(size);
  for (let entry = 0; entry < ranks.length; entry++) {
    const rank = ranks[entry]!;
    if (ends[rank] !== 0) {
      throw new RangeError(`${caller}: ${source} must name each rank once, got ${rank} again.`);
    }
    starts[rank] = lineStarts[entry]!;
    ends[rank] = lineStarts[entry + 1] ?? length;
  }
  return { bytes: bytes.slice(0, length), starts, ends };
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const EQUALS = 0x3d;

/** The number written in decimal digits, or −1. */
function readRank(text: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  let rank = 0;
  for (let index = start; index < end; index++) {
    const digit = text[index]! - 48;
    if (digit < 0 || digit > 9) return -1;
    rank = rank * 10 + digit;
    if (rank >= largestVocabSize) return -1;
  }
  return rank;
}

/** Writes what `text[start, end)` is the base 64 of; returns where it ends in `target`, or −1. */
function decodeBase64(
  text: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  position: number,
): number {
  let stop = end;
  while (stop > start && text[stop - 1] === EQUALS) stop--;
  let at = position;
  let bits = 0;
  let count = 0;
  for (let index = start; index < stop; index++) {
    const value = DIGITS[text[index]!]!;
    if (value < 0) return -1;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      target[at++] = bits >> count;
    }
  }
  // Bits left over are padding.
  return (end - start) % 4 === 0 && (bits & ((1 << count) - 1)) === 0 ? at : -1;
}

const DIGITS = new Int8Array(256).fill(-1);
for (const [value, digit] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
}
