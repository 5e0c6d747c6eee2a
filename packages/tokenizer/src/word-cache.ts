import { PieceCache } from './byte-pair/piece-cache.ts';
import { IdBuffer } from './id-buffer.ts';
import type { Model } from './models/model.ts';
import type { RandomSource } from './random-source.ts';

/** Appends the ids of one word. */
export type WordEncoder = (word: string, output: IdBuffer, random: RandomSource) => void;

/** Remembers the ids of short words, unless the model draws. */
export function cached(encodeWord: WordEncoder, model: Model): WordEncoder {
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
export const LONGEST_CACHED = 32;
