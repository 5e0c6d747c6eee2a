/** @throws {RangeError} naming the size that is no positive integer */
export function requireSize(caller: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`${caller}: ${name} must be a positive integer, got ${size}.`);
    }
  }
}

/** @throws {RangeError} naming the rate that is not in [0, 1) */
export function requireRate(caller: string, rates: Readonly<Record<string, number>>): void {
  for (const [name, rate] of Object.entries(rates)) {
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`${caller}: ${name} must be in [0, 1), got ${rate}.`);
  }
}
