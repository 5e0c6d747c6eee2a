import type { AddedToken } from '../added-tokens.ts';
import { ByteLevelDecoder } from '../decoders/byte-level.ts';
import { BytePairModel } from '../models/byte-pair.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { Tokenizer } from '../tokenizer.ts';

/** All that makes a byte-level BPE tokenizer. */
export interface BytePairDefinition {
  /** Token text in the byte alphabet, by id; an id may be missing. Every byte has a token. */
  readonly tokens: readonly (string | undefined)[];
  /** Left and right token ids of each merge, first merge first. */
  readonly merges: readonly (readonly [left: number, right: number])[];
  /** Tokens matched as a whole; their contents are in `tokens` too. */
  readonly addedTokens: readonly AddedToken[];
}

/**
 * Byte-level byte pair encoding, as in GPT-2.
 *
 * Added tokens are cut out; the rest is cut into pieces (words with their leading space, mostly); the UTF-8 bytes of each
 * piece are merged pair by pair, lowest rank first. Every text can be encoded, and decoding gives it back exactly.
 *
 * @see Sennrich et al. 2016; Radford et al. 2019, §2.2
 */
export function createBytePairTokenizer({ tokens, merges, addedTokens }: BytePairDefinition): Tokenizer {
  const vocabulary = new Vocabulary(tokens);
  const pairs = new Int32Array(merges.length * 2);
  const products = new Int32Array(merges.length);
  for (const [rank, [left, right]] of merges.entries()) {
    pairs[rank * 2] = left;
    pairs[rank * 2 + 1] = right;
    products[rank] = vocabulary.idOf(tokens[left]! + tokens[right]!)!;
  }
  return new Tokenizer({
    model: new BytePairModel(vocabulary, pairs, products),
    preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }),
    decoder: new ByteLevelDecoder(),
    addedTokens,
  });
}
