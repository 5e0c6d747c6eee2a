import type { TokenLookup } from '../models/vocabulary.ts';
import { createByteAlphabet } from './byte-alphabet.ts';
import type { TokenBytes } from './read-ranks.ts';

/** The bytes of the tokens that are written in the byte alphabet; those of all others are empty. */
export function wholeTokens(vocabulary: TokenLookup): TokenBytes {
  const byteOf = createByteAlphabet().bytes;
  const codes = new Int16Array(ALPHABET_CODES).fill(-1);
  for (const [character, byte] of byteOf) codes[character.charCodeAt(0)] = byte;
  const starts = new Int32Array(vocabulary.size);
  const ends = new Int32Array(vocabulary.size);
  let bytes = new Uint8Array(vocabulary.size * 8);
  let length = 0;
  for (const [token, id] of vocabulary.entries()) {
    starts[id] = length;
    ends[id] = length;
    if (length + token.length > bytes.length) {
      const larger = new Uint8Array(Math.max(bytes.length * 2, length + token.length));
      larger.set(bytes);
      bytes = larger;
    }
    let end = length;
    for (let index = 0; index < token.length; index++) {
      const byte = codes[token.charCodeAt(index)] ?? -1;
      if (byte < 0) break;
      bytes[end++] = byte;
    }
    if (end - length < token.length) continue;
    ends[id] = end;
    length = end;
  }
  return { bytes: bytes.subarray(0, length), starts, ends };
}

/** Characters of the alphabet are below this. */
const ALPHABET_CODES = 0x144;
