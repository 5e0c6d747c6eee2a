import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { describeValue } from '../describe-value.ts';
import type { JsonReader } from '../json-reader.ts';
import { BytePairModel } from './byte-pair.ts';
import { readVocab } from './read-vocab.ts';
import type { ScannedBytePairJson } from './scan-byte-pair-json.ts';
import type { TokenLookup } from './vocabulary.ts';

/** Reads a `model` of type BPE, of which vocabulary and merges may have been read already. */
export function readBytePairModel(model: JsonReader, scanned?: ScannedBytePairJson): BytePairModel {
  const vocabulary = scanned?.vocabulary ?? readVocab(model.field('vocab'));
  const continuingSubwordPrefix = model.field('continuing_subword_prefix').stringOrNull();
  const merges = model.field('merges');
  const { pairs, products } =
    scanned ??
    readMerges(merges.array(), (index) => merges.item(index), vocabulary, continuingSubwordPrefix ?? '');
  return new BytePairModel(vocabulary, pairs, products, {
    dropout: model.field('dropout').probabilityOrNull(),
    unknownToken: model.field('unk_token').stringOrNull(),
    continuingSubwordPrefix,
    endOfWordSuffix: model.field('end_of_word_suffix').stringOrNull(),
    fuseUnknown: model.field('fuse_unk').boolean(false),
    byteFallback: model.field('byte_fallback').boolean(false),
    ignoreMerges: model.field('ignore_merges').boolean(false),
  });
}

/**
 * Ids of what merges merge, and of what they make. A merge is `"a b"` in older files and `["a", "b"]` in newer ones.
 *
 * @param readerOf a reader of the merge with some index, for errors
 */
export function readMerges(
  merges: readonly unknown[],
  readerOf: (index: number) => JsonReader,
  vocabulary: TokenLookup,
  prefix: string,
): { pairs: Int32Array; products: Int32Array } {
  const pairs = new Int32Array(merges.length * 2);
  const products = new Int32Array(merges.length);
  for (const [rank, merge] of merges.entries()) {
    const parts =
      typeof merge === 'string'
        ? merge.split(' ')
        : readerOf(rank)
            .items()
            .map((part) => part.string());
    if (parts.length !== 2) throw readerOf(rank).misplaced('two tokens');
    const [left, right] = parts as [string, string];
    const idOf = (token: string): number => {
      const id = vocabulary.idOf(token);
      if (id !== undefined) return id;
      throw readerOf(rank).misplaced(`of tokens in the vocabulary (${describeValue(token)} is not)`);
    };
    pairs[rank * 2] = idOf(left);
    pairs[rank * 2 + 1] = idOf(right);
    products[rank] = idOf(left + right.slice(prefix.length));
  }
  return { pairs, products };
}

/** Checks that a vocabulary has all bytes. */
export function checkBytes(reader: JsonReader, vocabulary: TokenLookup): void {
  const missing = createByteAlphabet().characters.findIndex(
    (character) => vocabulary.idOf(character) === undefined,
  );
  if (missing < 0) return;
  const byte = `byte 0x${missing.toString(16).padStart(2, '0')}`;
  throw reader.misplaced(`a byte-level vocabulary, with a token for each byte (${byte} has none)`);
}
