import { unicodeClassRuns } from './unicode-classes.ts';

/**
 * The end of the piece that starts at `start`, after GPT-2's pattern
 *
 * `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
 *
 * Merges never cross the border of a piece. Written out by hand, because a JavaScript regular expression is not exact:
 * its `\s` has U+FEFF and lacks U+0085, and its letters are those of the engine's Unicode version.
 *
 * @param text  any string; a lone surrogate counts as the U+FFFD it will be encoded as
 * @param start index of a code unit below `text.length`
 * @returns index of the code unit after the piece
 * @see Radford et al. 2019 (GPT-2), encoder.py
 */
export function pieceEnd(text: string, start: number): number {
  const classes = unicodeClasses();
  const first = text.charCodeAt(start);
  if (first === APOSTROPHE) {
    const contraction = contractionLength(text, start + 1);
    if (contraction > 0) return start + 1 + contraction;
  }
  let index = start;
  if (first === SPACE && start + 1 < text.length) index++;
  const kind = classes[text.codePointAt(index)!] ?? OTHER;
  if (kind !== WHITE_SPACE) return runEnd(text, index, kind, classes);
  const end = runEnd(text, start, WHITE_SPACE, classes);
  // The last white space before a word stays with the word (a space) or alone (any other).
  return end < text.length && end - start > 1 ? end - 1 : end;
}

const SPACE = 0x20;
const APOSTROPHE = 0x27;

const OTHER = 0;
const LETTER = 1;
const NUMBER = 2;
const WHITE_SPACE = 3;

function runEnd(text: string, start: number, kind: number, classes: Uint8Array): number {
  let index = start;
  while (index < text.length) {
    const unit = text.charCodeAt(index);
    if (unit < 0xd800 || unit > 0xdfff) {
      if ((classes[unit] ?? OTHER) !== kind) break;
      index++;
    } else {
      const codePoint = text.codePointAt(index)!;
      if ((classes[codePoint] ?? OTHER) !== kind) break;
      index += codePoint > 0xffff ? 2 : 1;
    }
  }
  return index;
}

/** The length of what follows the apostrophe in `'s 't 'm 'd 're 've 'll`, else 0. */
function contractionLength(text: string, start: number): number {
  const first = text[start];
  if (first === 's' || first === 't' || first === 'm' || first === 'd') return 1;
  const second = text[start + 1];
  if ((first === 'r' || first === 'v') && second === 'e') return 2;
  return first === 'l' && second === 'l' ? 2 : 0;
}

let classTable: Uint8Array | undefined;

/** The class of each code point up to the last that is not other; unpacked at first use. */
export function unicodeClasses(): Uint8Array {
  if (classTable) return classTable;
  const runs = [...unicodeClassRuns.matchAll(/([LNSO])([0-9a-z]+)/g)].map(
    ([, name, length]) => [name!, Number.parseInt(length!, 36)] as const,
  );
  const table = new Uint8Array(runs.reduce((sum, [, length]) => sum + length, 0));
  const kinds: Record<string, number> = { O: OTHER, L: LETTER, N: NUMBER, S: WHITE_SPACE };
  let start = 0;
  for (const [name, length] of runs) {
    table.fill(kinds[name]!, start, start + length);
    start += length;
  }
  classTable = table;
  return table;
}
