import { pieceEnd } from './pre-tokenize.ts';
import {
  CASELESS,
  LETTER,
  LINE_BREAK,
  LOWER,
  MARK,
  NUMBER,
  OTHER,
  scanClasses,
  UPPER,
  WHITE,
} from './scan-classes.ts';
import type { SplitRule } from './split-patterns.ts';

/**
 * The end of the piece that starts at `start`.
 *
 * @param text  any string; a lone surrogate counts as U+FFFD
 * @param start index of a code unit below `text.length`, at the end of the piece before
 */
export type PieceScanner = (text: string, start: number) => number;

/** What the rule's pattern matches, written out by hand: exact for every text, and many times faster than a matcher. */
export function createPieceScanner(rule: SplitRule): PieceScanner {
  if (rule.style === 'gpt2') return pieceEnd;
  const classes = scanClasses();
  const contractionEnd = contractionScanner(rule.contractions);
  const afterPunctuation = (text: string, start: number): number => {
    let index = start;
    for (; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit !== 10 && unit !== 13 && !(rule.slashes && unit === SLASH)) break;
    }
    return index;
  };
  const wordEnd = rule.style === 'cased' ? casedWordEnd : plainWordEnd;
  const letters = rule.marks ? LETTER | MARK : LETTER;
  const punctuation = rule.marks ? OTHER : OTHER | MARK;

  return (text, start) => {
    const first = classAt(text, start, classes);
    if (rule.style === 'words' && text.charCodeAt(start) === APOSTROPHE) {
      const end = contractionEnd(text, start);
      if (end > start) return end;
    }
    const word = wordEnd(text, start, first, classes, letters);
    if (word > start) return rule.style === 'cased' ? contractionEnd(text, word) : word;
    if (first === NUMBER) return numberEnd(text, start, rule.digits, classes);
    let index = start;
    if (text.charCodeAt(start) === BLANK && start + 1 < text.length) index++;
    const end = runEnd(text, index, punctuation, classes);
    if (end > index) return afterPunctuation(text, end);
    return spaceEnd(text, start, rule.wholeTail, classes);
  };
}

const BLANK = 0x20;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;

/** Classes that a letter's word cannot begin with, beside letters. */
const NO_PREFIX = LETTER | NUMBER | LINE_BREAK;
/** `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]` */
const CAPITALS = UPPER | CASELESS | MARK;
/** `[\p{Ll}\p{Lm}\p{Lo}\p{M}]` */
const SMALLS = LOWER | CASELESS | MARK;

/** `[^\r\n\p{L}\p{N}]?\p{L}+`; `start` if there is no word. */
function plainWordEnd(
  text: string,
  start: number,
  first: number,
  classes: Uint8Array,
  letters: number,
): number {
  if (first & letters) return runEnd(text, start, letters, classes);
  if (first & NO_PREFIX) return start;
  const index = start + unitsAt(text, start);
  const end = runEnd(text, index, letters, classes);
  return end > index ? end : start;
}

/**
 * `[^\r\n\p{L}\p{N}]?C*S+` or else `[^\r\n\p{L}\p{N}]?C+S*`, where C are capitals and S small letters, and letters without case
 * and marks are both; `start` if there is no word.
 */
function casedWordEnd(text: string, start: number, first: number, classes: Uint8Array): number {
  if (first & NO_PREFIX) return first & LETTER ? casedRunEnd(text, start, classes, true) : start;
  const index = start + unitsAt(text, start);
  const end = casedRunEnd(text, index, classes, false);
  if (end > index) return end;
  // A mark that precedes capitals alone is a word of its own: as C and S it comes before C+ with the mark as prefix.
  if (first === MARK) return index;
  const capitals = runEnd(text, index, CAPITALS, classes);
  return capitals > index ? capitals : start;
}

/** `C*S+`, or `C+` if allowed; `start` if there is none. As backtracking does, C* gives back to its last letter that is S too. */
function casedRunEnd(text: string, start: number, classes: Uint8Array, allowsCapitals: boolean): number {
  let index = start;
  let lastBoth = start;
  while (index < text.length) {
    const kind = classAt(text, index, classes);
    if (!(kind & CAPITALS)) break;
    index += unitsAt(text, index);
    if (kind !== UPPER) lastBoth = index;
  }
  const end = runEnd(text, index, SMALLS, classes);
  if (end > index) return end;
  if (lastBoth > start) return lastBoth;
  return allowsCapitals ? index : start;
}

function numberEnd(text: string, start: number, limit: number, classes: Uint8Array): number {
  let index = start;
  for (let count = 0; count < limit && index < text.length; count++) {
    if (classAt(text, index, classes) !== NUMBER) break;
    index += unitsAt(text, index);
  }
  return index;
}

/** `\s*[\r\n]+|\s+(?!\S)|\s+` */
function spaceEnd(text: string, start: number, wholeTail: boolean, classes: Uint8Array): number {
  let index = start;
  let afterBreak = start;
  while (index < text.length) {
    const kind = classAt(text, index, classes);
    if (!(kind & WHITE)) break;
    index++;
    if (kind === LINE_BREAK) afterBreak = index;
  }
  if (wholeTail && index === text.length) return index;
  if (afterBreak > start) return afterBreak;
  // The last white space before a word goes with the word.
  return index < text.length && index - start > 1 ? index - 1 : index;
}

function runEnd(text: string, start: number, mask: number, classes: Uint8Array): number {
  let index = start;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    if (unit < 0xd800 || unit > 0xdfff) {
      if (!(classes[unit]! & mask)) break;
      index++;
    } else {
      const codePoint = text.codePointAt(index)!;
      if (!(classes[codePoint]! & mask)) break;
      index += codePoint > 0xffff ? 2 : 1;
    }
  }
  return index;
}

function classAt(text: string, index: number, classes: Uint8Array): number {
  const unit = text.charCodeAt(index);
  return classes[unit < 0xd800 || unit > 0xdbff ? unit : text.codePointAt(index)!]!;
}

function unitsAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit < 0xd800 || unit > 0xdbff || text.codePointAt(index)! <= 0xffff ? 1 : 2;
}

/** Finds the end of a contraction that begins at an index; the index if there is none. */
function contractionScanner(kind: SplitRule['contractions']): PieceScanner {
  if (kind === 'none') return (_, start) => start;
  const isLetter = (unit: number, small: number): boolean =>
    unit === small ||
    (kind !== 'small' && unit === small - 32) ||
    // ſ is a small s to Unicode's case folding.
    (kind === 'folded' && small === 0x73 && unit === 0x17f);
  return (text, start) => {
    if (text.charCodeAt(start) !== APOSTROPHE) return start;
    const first = text.charCodeAt(start + 1);
    for (const small of SINGLES) if (isLetter(first, small)) return start + 2;
    const second = text.charCodeAt(start + 2);
    for (const [small, next] of DOUBLES) {
      if (isLetter(first, small) && isLetter(second, next)) return start + 3;
    }
    return start;
  };
}

/** s t m d */
const SINGLES: readonly number[] = [0x73, 0x74, 0x6d, 0x64];
/** re ve ll */
const DOUBLES: readonly (readonly [number, number])[] = [
  [0x72, 0x65],
  [0x76, 0x65],
  [0x6c, 0x6c],
];
