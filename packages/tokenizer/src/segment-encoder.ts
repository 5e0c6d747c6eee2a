import { PieceCache } from './byte-pair/piece-cache.ts';
import { pieceEnd } from './byte-pair/pre-tokenize.ts';
import { encodeCharacters } from './characters/encode-characters.ts';
import { IdBuffer } from './id-buffer.ts';
import { BytePairModel } from './models/byte-pair.ts';
import type { Model } from './models/model.ts';
import { WordLevelModel } from './models/word-level.ts';
import type { NormalizedText } from './normalized-text.ts';
import { ByteLevelPreTokenizer } from './pre-tokenizers/byte-level.ts';
import type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
import { SequencePreTokenizer } from './pre-tokenizers/sequence.ts';
import { splitsCharacters } from './pre-tokenizers/split.ts';
import type { RandomSource } from './random-source.ts';

/** Appends the ids of a normalized stretch between added tokens. */
export type SegmentEncoder = (text: NormalizedText, output: IdBuffer, random: RandomSource) => void;

/** Appends the ids of one word. */
type WordEncoder = (word: string, output: IdBuffer, random: RandomSource) => void;

/**
 * Pre-tokenizer and model in one, by the fastest way that there is for the two.
 *
 * Byte-level BPE works on the bytes themselves instead of the characters that stand for them.
 */
export function createSegmentEncoder(preTokenizer: PreTokenizer | undefined, model: Model): SegmentEncoder {
  if (model instanceof WordLevelModel && splitsCharacters(preTokenizer)) {
    return (text, output) => encodeCharacters(text.text, model, output);
  }
  const last = preTokenizer instanceof SequencePreTokenizer ? preTokenizer.parts.at(-1) : preTokenizer;
  if (model instanceof BytePairModel && model.isByteLevel && last instanceof ByteLevelPreTokenizer) {
    const encodeWord = cached((word, output, random) => model.encodeBytes(word, output, random), model);
    if (!(preTokenizer instanceof SequencePreTokenizer)) {
      return (text, output, random) => encodeByteLevel(text.text, last, encodeWord, output, random);
    }
    const before = new SequencePreTokenizer(preTokenizer.parts.slice(0, -1));
    return (text, output, random) => {
      const words: NormalizedText[] = [];
      before.split(text, words);
      for (const word of words) encodeByteLevel(word.text, last, encodeWord, output, random);
    };
  }
  const encodeWord = cached((word, output, random) => model.encode(word, output, random), model);
  if (!preTokenizer) return (text, output, random) => encodeWord(text.text, output, random);
  return (text, output, random) => {
    const words: NormalizedText[] = [];
    preTokenizer.split(text, words);
    for (const word of words) encodeWord(word.text, output, random);
  };
}

function encodeByteLevel(
  text: string,
  { addPrefixSpace, useRegex }: ByteLevelPreTokenizer,
  encodeWord: WordEncoder,
  output: IdBuffer,
  random: RandomSource,
): void {
  const stretch = addPrefixSpace && !text.startsWith(' ') ? ` ${text}` : text;
  if (!useRegex) {
    encodeWord(stretch, output, random);
    return;
  }
  for (let start = 0; start < stretch.length; ) {
    const end = pieceEnd(stretch, start);
    encodeWord(stretch.slice(start, end), output, random);
    start = end;
  }
}

/** Remembers the ids of short words, unless the model draws. */
function cached(encodeWord: WordEncoder, model: Model): WordEncoder {
  if (model.isRandom) return encodeWord;
  const cache = new PieceCache();
  const buffer = new IdBuffer(64);
  return (word, output, random) => {
    if (word.length > LONGEST_CACHED) {
      encodeWord(word, output, random);
      return;
    }
    let ids = cache.get(word);
    if (!ids) {
      buffer.clear();
      encodeWord(word, buffer, random);
      ids = buffer.toArray();
      cache.set(word, ids);
    }
    output.append(ids);
  };
}

/** Longer words are unlikely to come again, and would make the cache's memory unbounded. In code units. */
const LONGEST_CACHED = 32;
