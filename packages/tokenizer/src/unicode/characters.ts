import { unicodeClasses } from '../byte-pair/pre-tokenize.ts';
import { lazySet } from './code-point-set.ts';
import { bertControlSet } from './tables/bert-control.ts';
import { combiningMarkSet } from './tables/combining-marks.ts';
import { nonspacingMarkSet } from './tables/nonspacing-marks.ts';
import { punctuationSet } from './tables/punctuation.ts';
import { wordCharacterSet } from './tables/word-characters.ts';

// What the parts of a tokenizer take for white space, punctuation and so on, each after the table of the reference's part, so
// that ids depend neither on the JavaScript engine nor on its version of Unicode.

/** White space, as Unicode has it (25 characters). */
export function isWhiteSpace(codePoint: number): boolean {
  if (codePoint < 0x80) return codePoint === 0x20 || (codePoint >= 9 && codePoint <= 13);
  return unicodeClasses()[codePoint] === 3;
}

/** Numbers of every kind: general category N of Unicode 17, whose numbers are those of the classes and two stretches more. */
export function isNumeric(codePoint: number): boolean {
  if (codePoint < 0x80) return codePoint >= 0x30 && codePoint <= 0x39;
  if (unicodeClasses()[codePoint] === 2) return true;
  return (codePoint >= 0x11de0 && codePoint <= 0x11de9) || (codePoint >= 0x16ff4 && codePoint <= 0x16ff6);
}

/** Letters, marks, decimal digits and connecting punctuation. */
export const isWordCharacter: (codePoint: number) => boolean = lazySet(wordCharacterSet);

/** Punctuation, and the signs of ASCII that are none to Unicode: `$ + < = > ^ | ~` and the backtick. */
export const isPunctuation: (codePoint: number) => boolean = lazySet(punctuationSet);

/** Control, format and private-use characters, but for tab, line feed and carriage return. */
export const isBertControl: (codePoint: number) => boolean = lazySet(bertControlSet);

/** General category M. */
export const isCombiningMark: (codePoint: number) => boolean = lazySet(combiningMarkSet);

/** General category Mn. */
export const isNonspacingMark: (codePoint: number) => boolean = lazySet(nonspacingMarkSet);
