import { describeValue } from '../describe-value.ts';

/**
 * The sum of two counts, exactly.
 *
 * @param word what is counted, for the error
 * @throws {RangeError} if it is more than 2⁵³ − 1, beyond which numbers skip integers: a count is right or an error, never wrapped
 */
export function addCounts(a: number, b: number, word: () => string): number {
  const sum = a + b;
  if (sum > Number.MAX_SAFE_INTEGER) throw tooOften(word());
  return sum;
}

/** What is thrown when a word occurs too often to count. */
export function tooOften(word: string): RangeError {
  return new RangeError(`countWords: ${describeValue(word)} must occur at most 2^53 - 1 times, got more.`);
}
