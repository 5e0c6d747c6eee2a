import type { NormalizedText } from '../normalized-text.ts';
import { isBertControl, isNonspacingMark, isWhiteSpace } from '../unicode/characters.ts';
import { lowercase, lowercaseOf } from '../unicode/lowercase.ts';
import { normalizeForm } from '../unicode/normalization-form.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

export interface BertNormalizerOptions {
  /** Whether control characters are removed and all white space becomes spaces (default true). */
  readonly cleanText?: boolean;
  /** Whether Chinese characters get spaces around them (default true). */
  readonly handleChineseChars?: boolean;
  /** Whether accents are removed (default null: as `lowercase` says). */
  readonly stripAccents?: boolean | null;
  /** Whether letters become lowercase (default true). */
  readonly lowercase?: boolean;
}

/**
 * What BERT does to text first.
 *
 * @see Devlin et al. 2019 (BERT), tokenization.py
 */
export class BertNormalizer implements Normalizer {
  readonly type = 'BertNormalizer';
  readonly cleanText: boolean;
  readonly handleChineseChars: boolean;
  readonly stripAccents: boolean | null;
  readonly lowercase: boolean;

  constructor({
    cleanText = true,
    handleChineseChars = true,
    stripAccents = null,
    lowercase: lowers = true,
  }: BertNormalizerOptions = {}) {
    this.cleanText = cleanText;
    this.handleChineseChars = handleChineseChars;
    this.stripAccents = stripAccents;
    this.lowercase = lowers;
  }

  normalize(text: NormalizedText): NormalizedText {
    if (!text.isTracked && isPlain(text.text)) {
      return this.lowercase ? text.withText(lowercase(text.text)) : text;
    }
    let normalized = text;
    if (this.cleanText) normalized = normalized.mapCharacters(clean);
    if (this.handleChineseChars) normalized = normalized.mapCharacters(spaceChinese);
    if (this.stripAccents ?? this.lowercase) {
      normalized = normalizeForm(normalized, 'NFD').mapCharacters(dropAccent);
    }
    if (!this.lowercase) return normalized;
    return normalized.isTracked
      ? normalized.mapCharacters(lowercaseOf)
      : normalized.withText(lowercase(normalized.text));
  }

  toJSON(): NormalizerJson {
    return {
      type: this.type,
      clean_text: this.cleanText,
      handle_chinese_chars: this.handleChineseChars,
      strip_accents: this.stripAccents,
      lowercase: this.lowercase,
    };
  }
}

/** Whether a text has printable ASCII characters only, of which no step but lowercase changes any. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function clean(codePoint: number): string | undefined {
  if (codePoint > 0x20 && codePoint < 0x7f) return undefined;
  if (isBertControl(codePoint)) return '';
  return isWhiteSpace(codePoint) && codePoint !== 0x20 ? ' ' : undefined;
}

function spaceChinese(codePoint: number): string | undefined {
  return isChinese(codePoint) ? ` ${String.fromCodePoint(codePoint)} ` : undefined;
}

function dropAccent(codePoint: number): string | undefined {
  return codePoint >= 0x300 && isNonspacingMark(codePoint) ? '' : undefined;
}

/** The blocks of CJK ideographs that BERT knows; not kana, not Hangul. */
function isChinese(codePoint: number): boolean {
  if (codePoint < 0x3400) return false;
  return (
    (codePoint >= 0x4e00 && codePoint <= 0x9fff) ||
    (codePoint >= 0x3400 && codePoint <= 0x4dbf) ||
    (codePoint >= 0x20000 && codePoint <= 0x2a6df) ||
    (codePoint >= 0x2a700 && codePoint <= 0x2b81f) ||
    (codePoint >= 0x2b920 && codePoint <= 0x2ceaf) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x2f800 && codePoint <= 0x2fa1f)
  );
}
