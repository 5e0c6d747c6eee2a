/**
 * The sum of two counts, exactly.
 *
 * @throws {RangeError} if it is more than 2⁵³ − 1, beyond which numbers skip integers: a count is right or an error, never wrapped
 */
export function addCounts(a: number, b: number, what: () => string): number {
  const sum = a + b;
  if (sum > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`countWords: ${what()} must occur at most 2^53 - 1 times, got more.`);
  }
  return sum;
}
