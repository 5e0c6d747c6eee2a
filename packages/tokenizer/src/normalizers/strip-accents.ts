import type { NormalizedText } from '../normalized-text.ts';
import { isCombiningMark } from '../unicode/characters.ts';
import type { Normalizer, NormalizerJson } from './normalizer.ts';

/** Removes combining marks; letters that are one with their accent keep it unless NFD or NFKD comes before. */
export class StripAccentsNormalizer implements Normalizer {
  readonly type = 'StripAccents';

  normalize(text: NormalizedText): NormalizedText {
    return text.mapCharacters((codePoint) =>
      codePoint >= 0x300 && isCombiningMark(codePoint) ? '' : undefined,
    );
  }

  toJSON(): NormalizerJson {
    return { type: this.type };
  }
}
