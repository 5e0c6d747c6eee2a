import { splitWords } from './words.ts';

/**
 * How BLEU cuts a text into tokens:
 *
 * - `13a`: WMT's default; cuts off ASCII punctuation, but not a period or comma between digits
 * - `intl`: cuts off every Unicode punctuation mark and symbol, but not punctuation between digits
 * - `zh`: each Chinese character and full-width mark alone, the rest as `13a`
 * - `char`: each character
 * - `none`: at white space
 */
export type BleuTokenizer = '13a' | 'intl' | 'zh' | 'char' | 'none';

/** The tokens of a text under one of sacreBLEU's tokenizers. @throws {RangeError} if there is no such tokenizer */
export function bleuTokens(text: string, tokenizer: BleuTokenizer): string[] {
  switch (tokenizer) {
    case '13a':
      return splitWords(separateMarks(separatePunctuation(` ${unescapeMarkup(text)} `)));
    case 'intl':
      return splitWords(separateInternational(text));
    case 'zh':
      return splitWords(separateMarks(separatePunctuation(text.replace(CHINESE, ' $& '))));
    case 'char':
      return [...text].flatMap(splitWords);
    case 'none':
      return splitWords(text);
    default:
      throw new RangeError(`bleu: tokenizer must be 13a, intl, zh, char or none, got ${tokenizer}.`);
  }
}

/** Undoes the markup of NIST's files, and their line breaks. */
function unescapeMarkup(text: string): string {
  return text
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}

/** Sets ASCII punctuation apart, except apostrophe, period, comma and hyphen. */
export function separatePunctuation(text: string): string {
  return text.replace(/[{-~[-` -&(-+:-@/]/g, ' $& ');
}

/** Sets periods and commas apart unless they stand between digits, and hyphens after a digit. */
export function separateMarks(text: string): string {
  return text
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])-/g, '$1 - ');
}

function separateInternational(text: string): string {
  return text
    .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
    .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
    .replace(/\p{S}/gu, ' $& ');
}

/**
 * What sacreBLEU's `zh` sets apart, as it is and not as it was meant: its ranges for characters beyond U+FFFF are
 * misspelled there, so those characters stay together while U+2001 to U+2A6D and U+2F81 to U+2FA1 are cut.
 */
const CHINESE =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/g;
