import type { NormalizedText } from '../normalized-text.ts';
import { type NormalizationForm, normalizeForm } from '../unicode/normalization-form.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/** One of Unicode's normalization forms: NFC, NFD, NFKC, NFKD. */
export class UnicodeFormNormalizer implements Normalizer {
  readonly type: NormalizationForm;

  constructor(form: NormalizationForm) {
    this.type = form;
  }

  normalize(text: NormalizedText): NormalizedText {
    return normalizeForm(text, this.type);
  }

  toJSON(): NormalizerJson {
    return { type: this.type };
  }
}
