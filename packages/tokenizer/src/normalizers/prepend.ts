import type { NormalizedText } from '../normalized-text.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/** Puts a text before each stretch that is not empty. */
export class PrependNormalizer implements Normalizer {
  readonly type = 'Prepend';
  readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  normalize(text: NormalizedText): NormalizedText {
    return text.prepend(this.prefix);
  }

  toJSON(): NormalizerJson {
    return { type: this.type, prepend: this.prefix };
  }
}
