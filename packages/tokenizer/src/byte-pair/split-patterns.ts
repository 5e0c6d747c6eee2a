/**
 * The published patterns that cut text into pieces, as rules that scanners written out by hand follow. A rule is all that the patterns
 * differ in.
 */
export interface SplitRule {
  /**
   * What a word is. `gpt2`: letters with a space before them. `words`: letters with any one character before them that is neither letter,
   * number nor line break. `cased`: the same, cut where capitals follow small letters, and with marks as letters.
   */
  readonly style: 'gpt2' | 'words' | 'cased';
  /** Which `'s 't 're 've 'm 'll 'd` are found: none, small ones, in ASCII's capitals too, or in all that Unicode folds to them (`ſ`). */
  readonly contractions: 'none' | 'small' | 'ascii' | 'folded';
  /** Most digits in a piece. */
  readonly digits: number;
  /** Whether words of the style `words` have marks. */
  readonly marks: boolean;
  /** Whether slashes, as line breaks, follow punctuation into its piece. */
  readonly slashes: boolean;
  /** Whether white space at the end of the text is one piece, line breaks or not. */
  readonly wholeTail: boolean;
}

/** The rule that a pattern states, if it is one of those known; the pattern is Oniguruma's, as in tokenizer.json. */
export function splitRule(pattern: string): SplitRule | undefined {
  return rules.get(pattern);
}

/**
 * The same in Oniguruma's syntax, for patterns that tiktoken has written in Rust's: there `$` is the end of the text, and a possessive
 * `{1,3}+` is written as a repetition is elsewhere. Other patterns come back as they are.
 */
export function toOniguruma(pattern: string): string {
  return translations.get(pattern) ?? pattern;
}

const plain = { contractions: 'folded', digits: 3, marks: false, slashes: false, wholeTail: false } as const;

const FOLDED = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const ASCII = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const BEFORE = '[^\\r\\n\\p{L}\\p{N}]?';
const SPACES = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** r50k_base and p50k_base, GPT-2's. */
export const GPT2_PATTERN: string =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** cl100k_base, GPT-4's and Llama 3's. */
export const CL100K_PATTERN: string = words(FOLDED, '{1,3}');

/** o200k_base, GPT-4o's. */
export const O200K_PATTERN: string = cased(`${FOLDED}?`, '{1,3}');

const CL100K_WHOLE_TAIL = words(FOLDED, '{1,3}', '\\s+\\z|');

const rules: ReadonlyMap<string, SplitRule> = new Map<string, SplitRule>([
  [GPT2_PATTERN, { ...plain, style: 'gpt2', contractions: 'small', digits: Number.POSITIVE_INFINITY }],
  [CL100K_PATTERN, { ...plain, style: 'words' }],
  [CL100K_WHOLE_TAIL, { ...plain, style: 'words', wholeTail: true }],
  // Qwen 2 and 3, and the way llama.cpp writes it.
  [words(FOLDED, ''), { ...plain, style: 'words', digits: 1 }],
  [words(ASCII, '{1,3}'), { ...plain, style: 'words', contractions: 'ascii' }],
  [words(ASCII, ''), { ...plain, style: 'words', contractions: 'ascii', digits: 1 }],
  // Qwen 3.5.
  [
    `${FOLDED}|${BEFORE}[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${SPACES}`,
    { ...plain, style: 'words', digits: 1, marks: true },
  ],
  [O200K_PATTERN, { ...plain, style: 'cased', slashes: true }],
  // Mistral's Tekken.
  [cased('', ''), { ...plain, style: 'cased', contractions: 'none', digits: 1, slashes: true }],
]);

const translations: ReadonlyMap<string, string> = new Map([
  ["'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s", GPT2_PATTERN],
  [
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|" +
      '\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s',
    CL100K_WHOLE_TAIL,
  ],
]);

function words(contractions: string, digits: string, tail = ''): string {
  return `${contractions}|${BEFORE}\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${tail}${SPACES}`;
}

function cased(contractions: string, digits: string): string {
  return (
    `${BEFORE}${UPPER}*${LOWER}+${contractions}|${BEFORE}${UPPER}+${LOWER}*${contractions}|` +
    `\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${SPACES}`
  );
}
