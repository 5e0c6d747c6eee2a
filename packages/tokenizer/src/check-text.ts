import { describeValue } from './describe-value.ts';

/**
 * The text with each lone surrogate replaced by U+FFFD, so that what is tokenized is Unicode text, as UTF-8 needs it.
 *
 * @throws {TypeError} if `text` is no string
 */
export function checkText(text: unknown, caller: string, parameter: string): string {
  if (typeof text !== 'string') {
    throw new TypeError(`${caller}: ${parameter} must be a string, got ${describeValue(text)}.`);
  }
  // Many times faster than looking for what it would replace.
  if ((text as Partial<WellFormedString>).isWellFormed?.()) return text;
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** ES2024; every engine but older ones has it. */
type WellFormedString = { isWellFormed(): boolean };
