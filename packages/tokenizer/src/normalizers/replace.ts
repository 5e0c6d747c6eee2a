import type { NormalizedText } from '../normalized-text.ts';
import { LiteralPattern, type TextPattern } from '../text-pattern.ts';
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
    const { pattern, content } = this;
    if (text.length === 0) return text;
    if (!text.isTracked && pattern instanceof LiteralPattern) {
      return text.withText(pattern.replaceIn(text.text, content));
    }
    return text.replaceRanges(pattern.matches(text.text), content);
  }

  toJSON(): NormalizerJson {
    return { type: this.type, pattern: this.pattern.toJSON(), content: this.content };
  }
}
