import { runLengths } from '../unicode/code-point-set.ts';
import { categorySets } from '../unicode/tables/general-categories.ts';
import { unicodeClasses } from './pre-tokenize.ts';

// What scanners tell characters apart by: one bit each, so that a set of classes is a mask.

/** \p{Lu} and \p{Lt} */
export const UPPER = 1;
/** \p{Ll} */
export const LOWER = 2;
/** \p{Lm} and \p{Lo} */
export const CASELESS = 4;
/** \p{M} */
export const MARK = 8;
/** \p{N} */
export const NUMBER = 16;
/** \s but for the line breaks below */
export const SPACE = 32;
/** [\r\n] */
export const LINE_BREAK = 64;
/** Everything else. */
export const OTHER = 128;

export const LETTER: number = UPPER | LOWER | CASELESS;
export const WHITE: number = SPACE | LINE_BREAK;

let table: Uint8Array | undefined;

/** The class of each code point; unpacked at first use. */
export function scanClasses(): Uint8Array {
  if (table) return table;
  const classes = new Uint8Array(0x110000).fill(OTHER);
  const kinds = unicodeClasses();
  const ofKind = [OTHER, CASELESS, NUMBER, SPACE];
  for (let codePoint = 0; codePoint < kinds.length; codePoint++)
    classes[codePoint] = ofKind[kinds[codePoint]!]!;
  fillCategories(classes, ['Lu', 'Lt'], UPPER);
  fillCategories(classes, ['Ll'], LOWER);
  fillCategories(classes, ['Mn', 'Mc', 'Me'], MARK);
  classes[0x0a] = LINE_BREAK;
  classes[0x0d] = LINE_BREAK;
  table = classes;
  return classes;
}

function fillCategories(classes: Uint8Array, names: readonly string[], value: number): void {
  for (const name of names) {
    let start = 0;
    let isInside = false;
    for (const length of runLengths(categorySets[name]!)) {
      if (isInside) classes.fill(value, start, start + length);
      start += length;
      isInside = !isInside;
    }
  }
}
