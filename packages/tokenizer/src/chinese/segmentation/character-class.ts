/** Characters that words of a dictionary consist of, by kind. */
export const OTHER = 0;
/** Chinese characters: CJK unified and compatibility ideographs, all extensions to plane 2. */
export const HAN = 1;
/** ASCII letters and digits. */
export const ALPHANUMERIC = 2;
/** `+ # & . _ % -`, which hold words such as `c++` and `4.3%` together. */
export const CONNECTOR = 3;

/** The kind of the character at `index`, whose low surrogate, if it has one, is part of it. */
export function characterClass(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit >= 0x4e00 && unit <= 0x9fff) return HAN;
  if (unit < 0x80) return ASCII_CLASSES[unit]!;
  if (unit < 0x3400) return OTHER;
  if (unit <= 0x4dbf || (unit >= 0xf900 && unit <= 0xfaff)) return HAN;
  if (unit < 0xd840 || unit > 0xd87e) return OTHER;
  const point = text.codePointAt(index)!;
  return SUPPLEMENTARY_RANGES.some(([first, last]) => point >= first && point <= last) ? HAN : OTHER;
}

/** The code units of the character at `index`: 2 for a surrogate pair, else 1. */
export function characterLength(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdbff) return 1;
  const next = text.charCodeAt(index + 1);
  return next >= 0xdc00 && next <= 0xdfff ? 2 : 1;
}

/** Extensions B to F and the compatibility supplement. */
const SUPPLEMENTARY_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0x2ceb0, 0x2ebef],
  [0x2f800, 0x2fa1f],
];

const ASCII_CLASSES = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[a-zA-Z0-9]/.test(character)) return ALPHANUMERIC;
  return /[+#&._%-]/.test(character) ? CONNECTOR : OTHER;
});
