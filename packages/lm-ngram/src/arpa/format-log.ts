/** What stands for probability 0. */
const ZERO = '-99';

/** A logarithm as ARPA files have it: nine digits, which tell all 32-bit floats apart. */
export function formatLog(log: number): string {
  if (log === -Infinity) return ZERO;
  return String(Number(log.toPrecision(9)));
}

/**
 * {@link formatLog} of a 32-bit float, as ASCII in a buffer, several times as fast. A float has 24 binary digits and 10¹⁰ has 24 without its zeros, so
 * that the product is exact and rounds as the decimal number does.
 *
 * @returns where the number ends
 */
export function writeLog(log: number, target: Uint8Array, at: number): number {
  const size = -log;
  if (!(size >= 0.001 && size < 100)) {
    const text = formatLog(log);
    for (let index = 0; index < text.length; index++) target[at++] = text.charCodeAt(index);
    return at;
  }
  // Digits after the point, so that there are nine in all from the first one that is not 0.
  let decimals = size >= 10 ? 7 : size >= 1 ? 8 : size >= 0.1 ? 9 : size >= 0.01 ? 10 : 11;
  let digits = Math.floor(size * POWERS[decimals]! + 0.5);
  while (decimals > 0 && digits % 10 === 0) {
    digits /= 10;
    decimals--;
  }
  target[at++] = MINUS;
  const unit = POWERS[decimals]!;
  const whole = Math.floor(digits / unit);
  if (whole >= 100) target[at++] = DIGIT + Math.floor(whole / 100);
  if (whole >= 10) target[at++] = DIGIT + (Math.floor(whole / 10) % 10);
  target[at++] = DIGIT + (whole % 10);
  if (decimals === 0) return at;
  target[at++] = POINT;
  let rest = digits - whole * unit;
  for (let index = at + decimals - 1; index >= at; index--) {
    const tens = Math.floor(rest / 10);
    target[index] = DIGIT + rest - 10 * tens;
    rest = tens;
  }
  return at + decimals;
}

const MINUS = 45;
const POINT = 46;
const DIGIT = 48;
const POWERS = Float64Array.from({ length: 12 }, (_, exponent) => 10 ** exponent);
