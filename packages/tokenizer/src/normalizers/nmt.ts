import type { NormalizedText } from '../normalized-text.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/**
 * Removes control characters and makes spaces of other white space and of invisible characters.
 *
 * @see Kudo and Richardson 2018 (SentencePiece), rule `nmt_nfkc`
 */
export class NmtNormalizer implements Normalizer {
  readonly type = 'Nmt';

  normalize(text: NormalizedText): NormalizedText {
    return text.mapCharacters(replacementOf);
  }

  toJSON(): NormalizerJson {
    return { type: this.type };
  }
}

function replacementOf(codePoint: number): string | undefined {
  if (codePoint >= 0x20 && codePoint < 0x7f) return undefined;
  if (isRemoved(codePoint)) return '';
  return isSpace(codePoint) ? ' ' : undefined;
}

function isRemoved(codePoint: number): boolean {
  return (
    (codePoint >= 0x01 && codePoint <= 0x08) ||
    codePoint === 0x0b ||
    (codePoint >= 0x0e && codePoint <= 0x1f) ||
    codePoint === 0x7f ||
    codePoint === 0x8f ||
    codePoint === 0x9f
  );
}

function isSpace(codePoint: number): boolean {
  return (
    (codePoint >= 0x09 && codePoint <= 0x0d) ||
    codePoint === 0x1680 ||
    (codePoint >= 0x200b && codePoint <= 0x200f) ||
    codePoint === 0x2028 ||
    codePoint === 0x2029 ||
    codePoint === 0x2581 ||
    codePoint === 0xfeff ||
    codePoint === 0xfffd
  );
}
