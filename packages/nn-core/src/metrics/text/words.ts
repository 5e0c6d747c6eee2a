/**
 * Cuts a text at runs of white space, as Python's `str.split` does: its white space has the separators U+001C to
 * U+001F and U+0085, which JavaScript's lacks, and not U+FEFF, which JavaScript's has.
 *
 * @returns the words, none of them empty
 */
export function splitWords(text: string): string[] {
  return text.split(WHITE_SPACE).filter((word) => word !== '');
}

/** The text without white space. */
export function withoutSpace(text: string): string {
  return text.replace(WHITE_SPACE, '');
}

/** The text without white space at its end. */
export function withoutTrailingSpace(text: string): string {
  return text.replace(TRAILING_SPACE, '');
}

const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const WHITE_SPACE = new RegExp(`[${SPACE}]+`, 'g');
// The look-behind keeps the search linear in long runs of inner space.
const TRAILING_SPACE = new RegExp(`(?<![${SPACE}])[${SPACE}]+$`);
