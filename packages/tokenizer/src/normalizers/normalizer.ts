import type { NormalizedText } from '../normalized-text.ts';

/** Rewrites a stretch of text before it is cut into words. */
export interface Normalizer {
  /** Its name in tokenizer.json. */
  readonly type: string;
  normalize(text: NormalizedText): NormalizedText;
  /** The `normalizer` of tokenizer.json. */
  toJSON(): NormalizerJson;
}

/** A normalizer as tokenizer.json has it. */
export interface NormalizerJson {
  readonly type: string;
  readonly [field: string]: unknown;
}
