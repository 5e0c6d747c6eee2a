import { checkText } from '../check-text.ts';
import { describeValue } from '../describe-value.ts';

/**
 * What a text can be cut into, from small to large.
 *
 * `byte`: of its UTF-8 form. `code-point`: what Unicode numbers, such as é, 词 or 👍. `grapheme`: what a reader sees as one character; 👍🏽 is
 * one, and two code points. `word`: words, and what stands between them, by Unicode's rules and, for Chinese, Japanese and Thai, by a dictionary.
 */
export type TextUnitKind = 'byte' | 'code-point' | 'grapheme' | 'word';

/** One unit of a text. */
export interface TextUnit {
  /** The part of the text; of a byte, two hexadecimal digits. */
  readonly text: string;
  /** Where it begins: UTF-16 code units from the start of the text; of bytes, bytes. */
  readonly start: number;
  /** Where it ends, exclusive. */
  readonly end: number;
  /** Whether it is a word, not the white space or punctuation between words; only of words. */
  readonly isWord?: boolean;
}

/** Options of {@link textUnits}. */
export interface TextUnitsOptions {
  /** BCP 47 tag of the language, for words; default: the rules that all languages share. */
  readonly locale?: string;
}

/**
 * Cuts a text into units; one after the other they are the text. Lone surrogates count as U+FFFD.
 *
 * Graphemes and words come from the platform's `Intl.Segmenter`, so newer engines know newer emoji, and cut Chinese words by another dictionary. Where ids must
 * be the same everywhere, train a tokenizer, which brings its own tables.
 *
 * @throws {RangeError} if the kind is unknown
 * @see Unicode Standard Annex #29, "Unicode text segmentation"
 * @example
 * textUnits('naïve 👍🏽', 'grapheme').map(({ text }) => text); // [ 'n', 'a', 'ï', 'v', 'e', ' ', '👍🏽' ]
 */
export function textUnits(
  text: string,
  kind: TextUnitKind,
  { locale = 'und' }: TextUnitsOptions = {},
): TextUnit[] {
  const checked = checkText(text, 'textUnits', 'text');
  switch (kind) {
    case 'byte':
      return Array.from(new TextEncoder().encode(checked), (byte, index) => ({
        text: byte.toString(16).padStart(2, '0'),
        start: index,
        end: index + 1,
      }));
    case 'code-point':
      return codePoints(checked);
    case 'grapheme':
    case 'word': {
      const segmenter = new Intl.Segmenter(locale, { granularity: kind });
      return Array.from(segmenter.segment(checked), ({ segment, index, isWordLike }) => ({
        text: segment,
        start: index,
        end: index + segment.length,
        ...(kind === 'word' && { isWord: isWordLike === true }),
      }));
    }
    default:
      throw new RangeError(
        `textUnits: kind must be byte, code-point, grapheme or word, got ${describeValue(kind)}.`,
      );
  }
}

function codePoints(text: string): TextUnit[] {
  let end = 0;
  return Array.from(text, (character) => {
    const start = end;
    end += character.length;
    return { text: character, start, end };
  });
}

/**
 * The number Unicode gives each character.
 *
 * @example
 * characterCodes('Hi 词'); // Int32Array [72, 105, 32, 35789]
 */
export function characterCodes(text: string): Int32Array {
  return Int32Array.from(checkText(text, 'characterCodes', 'text'), (character) => character.codePointAt(0)!);
}
