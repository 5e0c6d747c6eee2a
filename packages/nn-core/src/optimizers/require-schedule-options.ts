/** @throws {RangeError} naming the first learning rate or factor that is negative or not finite */
export function requireRates(owner: string, rates: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(rates)) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`${owner}: ${name} must not be negative, got ${value}.`);
    }
  }
}

/** @throws {RangeError} naming the first number of steps that is no positive integer */
export function requireSteps(owner: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${owner}: ${name} must be a positive integer, got ${value}.`);
    }
  }
}
