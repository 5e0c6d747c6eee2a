import { lazySet } from './code-point-set.ts';
import { categorySets, propertySets } from './tables/general-categories.ts';

/**
 * The end of the grapheme that begins at a place, as far as rules for short graphemes need it: letters with their marks, CR LF,
 * prefixed signs, emoji joined to others. Syllables of Hangul, flags and conjuncts come out in parts.
 *
 * @see Unicode Standard Annex 29, §3.1.1
 */
export function graphemeEnd(text: string, start: number): number {
  const first = text.codePointAt(start)!;
  let end = start + lengthOf(first);
  if (end >= text.length) return end;
  // Between two characters of ASCII only CR LF does not break.
  if (first < 0x80 && text.charCodeAt(end) < 0x80)
    return first === 0x0d && text.charCodeAt(end) === 0x0a ? end + 1 : end;
  if (isControl(first)) return end;
  let last = first;
  let isPicture = isPictographic(first);
  while (end < text.length) {
    const next = text.codePointAt(end)!;
    const joins =
      isExtend(next) ||
      next === ZERO_WIDTH_JOINER ||
      isSpacingMark(next) ||
      (isPrepended(last) && !isControl(next)) ||
      (last === ZERO_WIDTH_JOINER && isPicture && isPictographic(next));
    if (!joins) break;
    if (!isExtend(next) && next !== ZERO_WIDTH_JOINER) isPicture = isPictographic(next);
    last = next;
    end += lengthOf(next);
  }
  return end;
}

/** Whether a character is a grapheme wherever both its neighbors say the same of themselves; of U+FFFF and below. */
export function standsAlone(codePoint: number): boolean {
  return !(
    codePoint === 0x0d || // joined by a line feed
    codePoint === ZERO_WIDTH_JOINER ||
    (codePoint >= 0xd800 && codePoint <= 0xdfff) ||
    isExtend(codePoint) ||
    isSpacingMark(codePoint) ||
    isPrepended(codePoint)
  );
}

const ZERO_WIDTH_JOINER = 0x200d;

const isGraphemeExtend = lazySet(propertySets.Grapheme_Extend!);
const isPictographic = lazySet(propertySets.Extended_Pictographic!);
const isCombiningSpacingMark = lazySet(categorySets.Mc!);
const isFormat = lazySet(categorySets.Cf!);

/** Marks, and the modifiers of emoji. */
function isExtend(codePoint: number): boolean {
  return isGraphemeExtend(codePoint) || (codePoint >= 0x1f3fb && codePoint <= 0x1f3ff);
}

function lengthOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

function isControl(codePoint: number): boolean {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return true;
  if (codePoint === 0x2028 || codePoint === 0x2029 || codePoint === 0x2065) return true;
  if (codePoint >= 0xfff0 && codePoint <= 0xfff8) return true;
  return (
    isFormat(codePoint) && codePoint !== 0x200c && codePoint !== ZERO_WIDTH_JOINER && !isPrepended(codePoint)
  );
}

function isSpacingMark(codePoint: number): boolean {
  if (codePoint === 0xe33 || codePoint === 0xeb3) return true;
  return isCombiningSpacingMark(codePoint) && !isExtend(codePoint) && !notSpacing.has(codePoint);
}

/** Spacing marks that do not stay with what is before them. */
const notSpacing: ReadonlySet<number> = new Set([
  0x102b, 0x102c, 0x1038, 0x1062, 0x1063, 0x1064, 0x1067, 0x1068, 0x1069, 0x106a, 0x106b, 0x106c, 0x106d,
  0x1083, 0x1087, 0x1088, 0x1089, 0x108a, 0x108b, 0x108c, 0x108f, 0x109a, 0x109b, 0x109c, 0x1a61, 0x1a63,
  0x1a64, 0xaa7b, 0xaa7d, 0x11720, 0x11721,
]);

/** Signs that stay with what is after them. */
export const prependedSigns: ReadonlySet<number> = new Set([
  0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6dd, 0x70f, 0x890, 0x891, 0x8e2, 0xd4e, 0x110bd, 0x110cd,
  0x111c2, 0x111c3, 0x113d1, 0x1193f, 0x11941, 0x11a3a, 0x11a84, 0x11a85, 0x11a86, 0x11a87, 0x11a88, 0x11a89,
  0x11d46, 0x11f02,
]);

function isPrepended(codePoint: number): boolean {
  return codePoint >= 0x600 && prependedSigns.has(codePoint);
}
