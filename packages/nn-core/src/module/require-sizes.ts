/**
 * Refuses sizes that are not positive integers.
 *
 * @param owner what the message starts with
 * @param sizes by parameter name
 * @throws {RangeError} naming the first size that is not a positive integer
 */
export function requireSizes(owner: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`${owner}: ${name} must be a positive integer, got ${size}.`);
    }
  }
}
