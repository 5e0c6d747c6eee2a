/** A value as an error message shows it: short, on one line, told apart from look-alikes (`"3"` and `3`). */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > 60
      ? `${JSON.stringify(value.slice(0, 60))}… (${value.length} characters)`
      : JSON.stringify(value);
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) {
    return value.constructor?.name && value.constructor !== Object
      ? `a ${value.constructor.name}`
      : 'an object';
  }
  return typeof value === 'function' ? 'a function' : String(value);
}

/** @throws {RangeError} if a number of things is no integer of at least `least` (Infinity is, where all are meant) */
export function checkCount(owner: string, name: string, value: number, least = 1): void {
  if ((Number.isSafeInteger(value) || value === Infinity) && value >= least) return;
  throw new RangeError(
    `${owner}: ${name} must be an integer of at least ${least}, got ${describeValue(value)}.`,
  );
}
