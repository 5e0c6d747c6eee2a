import { describeValue } from '../describe-value.ts';
import { JsonReader } from '../json-reader.ts';
import { BytePairModel } from '../models/byte-pair.ts';
import { checkBytes, readMerges } from '../models/read-byte-pair.ts';
import { readVocab } from '../models/read-vocab.ts';
import { Tokenizer } from '../tokenizer.ts';
import { styleParts, type VocabAndMergesStyle } from './vocab-and-merges-style.ts';

export interface LoadVocabAndMergesOptions {
  /** Tokens of the vocabulary to match as a whole, such as GPT-2's `<|endoftext|>` (default none). */
  readonly specialTokens?: readonly string[];
  /** Whose tokenizer it is, which says how text is cut into words (default `gpt2`). */
  readonly style?: VocabAndMergesStyle;
  /** What errors call the two files (default `vocab.json` and `merges.txt`). */
  readonly sources?: readonly [vocab: string, merges: string];
}

/**
 * Reads the two files that GPT-2's tokenizer came in, and those of RoBERTa, Qwen 2 and CLIP.
 *
 * @param vocab  vocab.json: its text, or what `JSON.parse` made of it
 * @param merges merges.txt: one merge per line, two tokens and a space between them; a first line `#version…` is skipped
 * @throws {TypeError} if vocab.json is no JSON object of integers
 * @throws {RangeError} if a byte, a merge's token or a special token is missing from the vocabulary
 */
export function loadVocabAndMerges<V extends string = string>(
  vocab: unknown,
  merges: string,
  {
    specialTokens = [],
    style = 'gpt2',
    sources = ['vocab.json', 'merges.txt'],
  }: LoadVocabAndMergesOptions = {},
): Tokenizer<V> {
  const caller = 'loadVocabAndMerges';
  const [vocabSource, mergesSource] = sources;
  const origin = { caller, source: vocabSource };
  const reader = typeof vocab === 'string' ? JsonReader.parse(vocab, origin) : new JsonReader(vocab, origin);
  const vocabulary = readVocab(reader);
  checkBytes(reader, vocabulary);
  const lines = merges.replace(/^\ufeff/, '').split(/\r?\n/);
  const isMerge = (line: string, index: number): boolean =>
    line !== '' && !(index === 0 && line.startsWith('#version'));
  const readerOf = (merge: number): JsonReader => {
    const numbers = lines.flatMap((line, index) => (isMerge(line, index) ? [index] : []));
    const index = numbers[merge]!;
    return new JsonReader(lines[index], { caller, source: `${mergesSource}: line ${index + 1}` });
  };
  const { pairs, products } = readMerges(lines.filter(isMerge), readerOf, vocabulary, '');
  const { endOfWordSuffix = null, ...parts } = styleParts[style]();
  return new Tokenizer({
    model: new BytePairModel(vocabulary, pairs, products, { endOfWordSuffix }),
    ...parts,
    addedTokens: specialTokens.map((content) => {
      const id = vocabulary.idOf(content);
      if (id === undefined) {
        throw new RangeError(
          `${caller}: specialTokens must be in ${vocabSource}, got ${describeValue(content)}, which is not.`,
        );
      }
      return { id, content, special: true };
    }),
  });
}
