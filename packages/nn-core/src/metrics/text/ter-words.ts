import { separateMarks, separatePunctuation } from './bleu-tokenizer.ts';
import { splitWords, withoutTrailingSpace } from './words.ts';

/** How TER cuts a text into words. The defaults are those of Tercom. */
export interface TerWordsOptions {
  /** Whether case counts; default false. */
  readonly caseSensitive?: boolean;
  /** Whether ASCII punctuation is set apart from words; default false. */
  readonly normalize?: boolean;
  /** Whether punctuation is left out; default false. */
  readonly ignorePunctuation?: boolean;
  /** Whether Chinese and Japanese characters are words of their own (with `normalize`), and their marks punctuation; default false. */
  readonly asian?: boolean;
}

/** The words of a text, as sacreBLEU's Tercom tokenizer gives them. */
export function terWords(
  text: string,
  { caseSensitive = false, normalize = false, ignorePunctuation = false, asian = false }: TerWordsOptions,
): string[] {
  let words = withoutTrailingSpace(text);
  if (!caseSensitive) words = words.toLowerCase();
  if (normalize) {
    words = separatePunctuation(` ${unescapeMarkup(words)} `);
    words = separateMarks(words.replaceAll("'s ", " 's "));
    if (asian) words = words.replace(ASIAN_CHARACTER, ' $& ').replace(ASIAN_PUNCTUATION, ' $& ');
  }
  if (ignorePunctuation) {
    words = words.replace(/[.,?:;!"()]/g, '');
    if (asian) words = words.replace(ASIAN_PUNCTUATION, '');
  }
  return splitWords(words);
}

function unescapeMarkup(text: string): string {
  return text
    .replaceAll('\n-', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}

/** Ideographs, strokes, radicals, enclosed and compatibility forms. Kana stay together, as in sacreBLEU. */
const ASIAN_CHARACTER = /[\u2e80-\u2eff\u31c0-\u31ef\u3200-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f]/g;
const ASIAN_PUNCTUATION =
  /[\u3001\u3002\u3008-\u3011\u3014-\u301f\uff61-\uff65\u30fb\uff0e\uff0c\uff1f\uff1a\uff1b\uff01\uff02\uff08\uff09]/g;
