import type { NormalizedText } from '../normalized-text.ts';
import { isWhiteSpace } from '../unicode/characters.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/** Removes white space at the beginning and the end. */
export class StripNormalizer implements Normalizer {
  readonly type = 'Strip';
  readonly left: boolean;
  readonly right: boolean;

  constructor({ left = true, right = true }: { readonly left?: boolean; readonly right?: boolean } = {}) {
    this.left = left;
    this.right = right;
  }

  normalize(text: NormalizedText): NormalizedText {
    const { text: characters } = text;
    let start = 0;
    let end = characters.length;
    if (this.left) while (start < end && isWhiteSpace(characters.charCodeAt(start))) start++;
    if (this.right) while (end > start && isWhiteSpace(characters.charCodeAt(end - 1))) end--;
    return text.trim(start, end);
  }

  toJSON(): NormalizerJson {
    return { type: this.type, strip_left: this.left, strip_right: this.right };
  }
}
