import type { NormalizedText } from '../normalized-text.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/** Normalizers one after the other. */
export class SequenceNormalizer implements Normalizer {
  readonly type = 'Sequence';
  readonly parts: readonly Normalizer[];

  constructor(parts: readonly Normalizer[]) {
    this.parts = parts;
  }

  normalize(text: NormalizedText): NormalizedText {
    let normalized = text;
    for (const part of this.parts) normalized = part.normalize(normalized);
    return normalized;
  }

  toJSON(): NormalizerJson {
    return { type: this.type, normalizers: this.parts.map((part) => part.toJSON()) };
  }
}
