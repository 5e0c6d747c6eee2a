import type { NormalizedText } from '../normalized-text.ts';
import type { TextPattern } from '../text-pattern.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/** Replaces what a pattern matches. */
export class ReplaceNormalizer implements Normalizer {
  readonly type = 'Replace';
  readonly pattern: TextPattern;
  readonly content: string;

  constructor(pattern: TextPattern, content: string) {
    this.pattern = pattern;
    this.content = content;
  }

  normalize(text: NormalizedText): NormalizedText {
    return text.length === 0 ? text : text.replaceRanges(this.pattern.matches(text.text), this.content);
  }

  toJSON(): NormalizerJson {
    return { type: this.type, pattern: this.pattern.toJSON(), content: this.content };
  }
}
