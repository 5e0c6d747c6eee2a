import { describeValue } from '../describe-value.ts';

/** A part of a text and where it stands. */
export interface Piece {
  readonly text: string;
  /** Of its first UTF-16 code unit, from 0. */
  readonly start: number;
  /** After its last UTF-16 code unit. */
  readonly end: number;
}

/** Whatever cuts text into words that join to it again: a dictionary's segmenter, a trained one, one of your own. */
export interface WordSegmenter {
  /** Where each word ends, in UTF-16 code units; the last is the text's length. */
  boundaries(text: string): Int32Array;
}

/** The pieces between boundaries. */
export function piecesAt(text: string, boundaries: ArrayLike<number>): Piece[] {
  const pieces = new Array<Piece>(boundaries.length);
  let start = 0;
  for (let index = 0; index < boundaries.length; index++) {
    const end = boundaries[index]!;
    pieces[index] = { text: text.slice(start, end), start, end };
    start = end;
  }
  return pieces;
}

/** The words between boundaries. */
export function wordsAt(text: string, boundaries: ArrayLike<number>): string[] {
  const words = new Array<string>(boundaries.length);
  let start = 0;
  for (let index = 0; index < boundaries.length; index++) {
    const end = boundaries[index]!;
    words[index] = text.slice(start, end);
    start = end;
  }
  return words;
}

/** @throws {TypeError} if `text` is no string */
export function requireText(text: unknown, caller: string): void {
  if (typeof text !== 'string') {
    throw new TypeError(`${caller}: text must be a string, got ${describeValue(text)}.`);
  }
}
