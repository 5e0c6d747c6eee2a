import type { AddedToken } from '../added-tokens.ts';
import { describeValue } from '../describe-value.ts';
import { JsonReader } from '../json-reader.ts';
import { readVocab, type Vocab } from '../vocab.ts';
import { createByteAlphabet } from './byte-alphabet.ts';
import { BytePairTokenizer } from './byte-pair-tokenizer.ts';

/** The byte-level BPE half of `loadTokenizer`. */
export function readBytePair(
  file: JsonReader,
  vocab: Vocab,
  addedTokens: readonly AddedToken[],
): BytePairTokenizer {
  const model = file.field('model');
  model.field('dropout').expectAbsent(0);
  model.field('continuing_subword_prefix').expectAbsent('');
  model.field('end_of_word_suffix').expectAbsent('');
  model.field('byte_fallback').expectAbsent(false);
  model.field('ignore_merges').expectAbsent(false);
  const preTokenizer = file.field('pre_tokenizer');
  for (const part of [preTokenizer, file.field('decoder')]) {
    if (part.value === null || part.value === undefined || part.field('type').value !== 'ByteLevel') {
      throw part.unsupported('"ByteLevel"');
    }
  }
  const postProcessor = file.field('post_processor');
  if (postProcessor.value && postProcessor.field('type').value !== 'ByteLevel') {
    throw postProcessor.unsupported('null and "ByteLevel"');
  }
  checkBytes(model.field('vocab'), vocab);
  return new BytePairTokenizer({
    tokens: vocab.tokens,
    merges: model
      .field('merges')
      .items()
      .map((merge) => readMerge(merge, vocab)),
    addedTokens,
    addPrefixSpace: preTokenizer.field('add_prefix_space').boolean(true),
    cutsPieces: preTokenizer.field('use_regex').boolean(true),
  });
}

export interface LoadVocabAndMergesOptions {
  /** Tokens of the vocabulary to match as a whole, such as GPT-2's `<|endoftext|>` (default none). */
  readonly specialTokens?: readonly string[];
  /** What errors call the two files (default `vocab.json` and `merges.txt`). */
  readonly sources?: readonly [vocab: string, merges: string];
}

/**
 * Reads the two files that GPT-2's tokenizer came in.
 *
 * @param vocab  vocab.json: its text, or what `JSON.parse` made of it
 * @param merges merges.txt: one merge per line, two tokens and a space between them; a first line `#version…` is skipped
 * @throws {TypeError} if vocab.json is no JSON object of integers
 * @throws {RangeError} if a byte, a merge's token or a special token is missing from the vocabulary
 */
export function loadVocabAndMerges(
  vocab: unknown,
  merges: string,
  { specialTokens = [], sources = ['vocab.json', 'merges.txt'] }: LoadVocabAndMergesOptions = {},
): BytePairTokenizer {
  const caller = 'loadVocabAndMerges';
  const [vocabSource, mergesSource] = sources;
  const origin = { caller, source: vocabSource };
  const reader = typeof vocab === 'string' ? JsonReader.parse(vocab, origin) : new JsonReader(vocab, origin);
  const read = readVocab(reader);
  checkBytes(reader, read);
  const lines = merges.replace(/^\ufeff/, '').split(/\r?\n/);
  return new BytePairTokenizer({
    tokens: read.tokens,
    merges: lines.flatMap((line, index) =>
      line === '' || (index === 0 && line.startsWith('#version'))
        ? []
        : [readMerge(new JsonReader(line, { caller, source: `${mergesSource}: line ${index + 1}` }), read)],
    ),
    addedTokens: specialTokens.map((content) => {
      const id = read.ids.get(content);
      if (id === undefined) {
        throw new RangeError(
          `${caller}: specialTokens must be in ${vocabSource}, got ${describeValue(content)}, which is not.`,
        );
      }
      return { id, content, special: true, normalized: false };
    }),
    addPrefixSpace: false,
    cutsPieces: true,
  });
}

/** A merge is `"a b"` in older files and `["a", "b"]` in newer ones. */
function readMerge(merge: JsonReader, { ids }: Vocab): [left: number, right: number] {
  const parts =
    typeof merge.value === 'string' ? merge.value.split(' ') : merge.items().map((part) => part.string());
  if (parts.length !== 2) throw merge.misplaced('two tokens');
  const [left, right] = parts as [string, string];
  for (const token of [left, right, left + right]) {
    if (!ids.has(token))
      throw merge.misplaced(`of tokens in the vocabulary (${describeValue(token)} is not)`);
  }
  return [ids.get(left)!, ids.get(right)!];
}

function checkBytes(reader: JsonReader, { ids }: Vocab): void {
  const missing = createByteAlphabet().characters.findIndex((character) => !ids.has(character));
  if (missing < 0) return;
  const byte = `byte 0x${missing.toString(16).padStart(2, '0')}`;
  throw reader.misplaced(`a byte-level vocabulary, with a token for each byte (${byte} has none)`);
}
