import type { NormalizedText } from '../normalized-text.ts';
import { lowercase, lowercaseOf } from '../unicode/lowercase.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/** Letters in lowercase. */
export class LowercaseNormalizer implements Normalizer {
  readonly type = 'Lowercase';

  normalize(text: NormalizedText): NormalizedText {
    return text.isTracked ? text.mapCharacters(lowercaseOf) : text.withText(lowercase(text.text));
  }

  toJSON(): NormalizerJson {
    return { type: this.type };
  }
}
