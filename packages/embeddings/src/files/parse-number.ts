/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Digits that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;

/**
 * The number that ASCII bytes spell in decimal, as `Number` reads it, several times as fast; NaN if they spell none, or one that is not finite.
 *
 * Up to 15 digits and a small power of ten are both exact, and so is the one operation on them (Clinger 1990, the fast path); what is
 * longer goes through `Number`.
 */
export function parseNumber(bytes: Uint8Array, begin: number, end: number): number {
  let at = begin;
  const sign = bytes[at];
  if (sign === 0x2d || sign === 0x2b) at++;
  let mantissa = 0;
  let digits = 0;
  let exponent = 0;
  let seen = 0;
  for (let point = false; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      if (mantissa > 0) digits++;
      if (point) exponent--;
      seen++;
    } else if (digit === -2 && !point) point = true;
    else break;
  }
  if (seen === 0) return Number.NaN;
  if (at < end) {
    if ((bytes[at]! | 0x20) !== 0x65) return Number.NaN; // e
    const scale = parseInteger(bytes, at + 1, end);
    if (Number.isNaN(scale)) return scale;
    exponent += scale;
  }
  if (digits > EXACT_DIGITS || exponent < -22 || exponent > 22) {
    const value = Number(String.fromCharCode(...bytes.subarray(begin, end)));
    return Number.isFinite(value) ? value : Number.NaN;
  }
  const value = exponent < 0 ? mantissa / POWERS[-exponent]! : mantissa * POWERS[exponent]!;
  return sign === 0x2d ? -value : value;
}

/** NaN if it is none, or has more than four digits. */
function parseInteger(bytes: Uint8Array, begin: number, end: number): number {
  const sign = bytes[begin];
  const first = sign === 0x2d || sign === 0x2b ? begin + 1 : begin;
  if (first >= end || end - first > 4) return Number.NaN;
  let value = 0;
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return sign === 0x2d ? -value : value;
}
