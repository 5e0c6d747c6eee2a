import { createByteLevelEncoder } from './byte-pair/byte-level-encoder.ts';
import { encodeCharacters } from './characters/encode-characters.ts';
import type { IdBuffer } from './id-buffer.ts';
import { createMetaspaceEncoder } from './metaspace-encoder.ts';
import { BytePairModel } from './models/byte-pair.ts';
import type { Model } from './models/model.ts';
import { WordLevelModel } from './models/word-level.ts';
import type { NormalizedText } from './normalized-text.ts';
import { MetaspacePreTokenizer } from './pre-tokenizers/metaspace.ts';
import type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
import { splitsCharacters } from './pre-tokenizers/split.ts';
import type { RandomSource } from './random-source.ts';
import { cached } from './word-cache.ts';

/** Appends the ids of a normalized stretch between added tokens. */
export type SegmentEncoder = (text: NormalizedText, output: IdBuffer, random: RandomSource) => void;

/**
 * Pre-tokenizer and model in one, by the fastest way that there is for the two.
 */
export function createSegmentEncoder(preTokenizer: PreTokenizer | undefined, model: Model): SegmentEncoder {
  if (model instanceof WordLevelModel && splitsCharacters(preTokenizer)) {
    return (text, output) => encodeCharacters(text.text, model, output);
  }
  if (model instanceof BytePairModel && model.isByteLevel) {
    const encoder = createByteLevelEncoder(preTokenizer, model);
    if (encoder) return encoder;
  }
  if (
    preTokenizer instanceof MetaspacePreTokenizer &&
    preTokenizer.cuts &&
    preTokenizer.replacement.length === 1
  ) {
    return createMetaspaceEncoder(preTokenizer, model);
  }
  const encodeWord = cached((word, output, random) => model.encode(word, output, random), model);
  if (!preTokenizer) return (text, output, random) => encodeWord(text.text, output, random);
  return (text, output, random) => {
    const words: NormalizedText[] = [];
    preTokenizer.split(text, words);
    for (const word of words) encodeWord(word.text, output, random);
  };
}
