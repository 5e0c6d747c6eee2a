import type { TokenUnits } from '../models/token-units.ts';
import { UnitVocabulary } from '../models/unit-vocabulary.ts';
import type { TokenLookup } from '../models/vocabulary.ts';
import { createByteAlphabet } from './byte-alphabet.ts';
import type { TokenBytes } from './read-ranks.ts';

/** The bytes of the tokens that are written in the byte alphabet; those of all others are empty. */
export function wholeTokens(vocabulary: TokenLookup): TokenBytes {
  return tokensInBytes(vocabulary instanceof UnitVocabulary ? vocabulary.tokens : unitsOf(vocabulary));
}

/** The same of tokens that are at hand as code units. */
export function tokensInBytes({ units, starts, ends: unitEnds }: TokenUnits): TokenBytes {
  const byteOf = new Int16Array(0x10000).fill(-1);
  for (const [character, byte] of createByteAlphabet().bytes) byteOf[character.charCodeAt(0)] = byte;
  const bytes = new Uint8Array(units.length);
  const ends = unitEnds.slice();
  for (let id = 0; id < starts.length; id++) {
    for (let at = starts[id]!; at < unitEnds[id]!; at++) {
      const byte = byteOf[units[at]!]!;
      bytes[at] = byte;
      if (byte < 0) ends[id] = starts[id]!;
    }
  }
  return { bytes, starts, ends };
}

function unitsOf(vocabulary: TokenLookup): TokenUnits {
  const starts = new Int32Array(vocabulary.size);
  const ends = new Int32Array(vocabulary.size);
  let length = 0;
  for (const [token, id] of vocabulary.entries()) {
    starts[id] = length;
    length += token.length;
    ends[id] = length;
  }
  const units = new Uint16Array(length);
  for (const [token, id] of vocabulary.entries()) {
    for (let index = 0; index < token.length; index++) units[starts[id]! + index] = token.charCodeAt(index);
  }
  return { units, starts, ends };
}
