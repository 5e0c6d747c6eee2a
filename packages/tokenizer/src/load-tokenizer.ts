import type { AddedToken } from './added-tokens.ts';
import { readDecoder } from './decoders/read-decoder.ts';
import { JsonReader, type Origin } from './json-reader.ts';
import type { Model } from './models/model.ts';
import { readModel } from './models/read-model.ts';
import { largestVocabSize } from './models/read-vocab.ts';
import { type ScannedBytePairJson, scanBytePairJson } from './models/scan-byte-pair-json.ts';
import { readNormalizer } from './normalizers/read-normalizer.ts';
import type { Padding } from './padding.ts';
import { readPostProcessor } from './post-processors/read-post-processor.ts';
import { readPreTokenizer } from './pre-tokenizers/read-pre-tokenizer.ts';
import { Tokenizer } from './tokenizer.ts';
import type { Truncation } from './truncation.ts';

export interface LoadTokenizerOptions {
  /** What errors call the file (default `tokenizer.json`). */
  readonly source?: string;
}

/**
 * Reads Hugging Face's tokenizer.json.
 *
 * Nothing of the file is run, and nothing in it makes loading or encoding take longer than the sizes of file and text explain.
 *
 * @typeParam V a name for the vocabulary, if ids of several must not be mixed: `loadTokenizer<'gpt2'>(json)`; see `TokenId`
 * @param json the file's text, or what `JSON.parse` made of it
 * @throws {TypeError} if the file is no JSON or a field has the wrong type
 * @throws {RangeError} if a field has an impossible value, or asks for what is not supported; the message names the field
 */
export function loadTokenizer<V extends string = string>(
  json: unknown,
  { source = 'tokenizer.json' }: LoadTokenizerOptions = {},
): Tokenizer<V> {
  const origin = { caller: 'loadTokenizer', source };
  const scanned = typeof json === 'string' ? scanFile(json, origin) : undefined;
  const file =
    scanned?.file ??
    (typeof json === 'string' ? JsonReader.parse(json, origin) : new JsonReader(json, origin));
  const model = readModel(file.field('model'), scanned);
  const optional = <Part>(name: string, read: (reader: JsonReader) => Part): Part | undefined => {
    const field = file.field(name);
    return field.isAbsent ? undefined : read(field);
  };
  return new Tokenizer({
    model,
    normalizer: optional('normalizer', readNormalizer),
    preTokenizer: optional('pre_tokenizer', readPreTokenizer),
    postProcessor: optional('post_processor', readPostProcessor),
    decoder: optional('decoder', readDecoder),
    addedTokens: optional('added_tokens', (list) => readAddedTokens(list, model)) ?? [],
    truncation: optional('truncation', readTruncation),
    padding: optional('padding', readPadding),
  });
}

/** What can be read in the short way of a file, and the rest of it; undefined if nothing can. */
function scanFile(text: string, origin: Origin): (ScannedBytePairJson & { file: JsonReader }) | undefined {
  const scanned = scanBytePairJson(text);
  if (!scanned) return undefined;
  try {
    return { ...scanned, file: JsonReader.parse(scanned.rest, origin) };
  } catch {
    // Errors are to tell of places in the whole file.
    return undefined;
  }
}

function readAddedTokens(list: JsonReader, model: Model): AddedToken[] {
  const owners = new Map<number, string>();
  const ids = new Map<string, number>();
  return list.items().map((item) => {
    const content = item.field('content').string();
    if (content === '') throw item.field('content').misplaced('a string that is not empty');
    if (content.length > LONGEST_CONTENT) {
      throw item.field('content').misplaced(`a string of at most ${LONGEST_CONTENT} code units`);
    }
    const id = item.field('id').integerBelow(largestVocabSize);
    const known = ids.get(content) ?? model.idOf(content);
    if (known !== undefined && known !== id)
      throw item.field('id').misplaced(`${known}, the token's id elsewhere`);
    const owner = owners.get(id) ?? model.tokenOf(id);
    if (owner !== undefined && owner !== content)
      throw item.field('id').misplaced('an id that no other token has');
    owners.set(id, content);
    ids.set(content, id);
    const special = item.field('special').boolean(false);
    return {
      id,
      content,
      special,
      normalized: item.field('normalized').boolean(!special),
      singleWord: item.field('single_word').boolean(false),
      leftStrip: item.field('lstrip').boolean(false),
      rightStrip: item.field('rstrip').boolean(false),
    };
  });
}

/** Looking for added tokens takes time in proportion to their length. */
const LONGEST_CONTENT = 1024;

function readTruncation(reader: JsonReader): Truncation {
  const strategies = {
    LongestFirst: 'longest-first',
    OnlyFirst: 'only-first',
    OnlySecond: 'only-second',
  } as const;
  const strategy = reader.field('strategy');
  return {
    maxLength: reader.field('max_length').integerBelow(2 ** 53),
    strategy: strategy.isAbsent
      ? 'longest-first'
      : strategies[strategy.oneOf(['LongestFirst', 'OnlyFirst', 'OnlySecond'])],
    stride: reader.field('stride').count(0),
    direction: readDirection(reader.field('direction')),
  };
}

function readPadding(reader: JsonReader): Padding {
  const strategy = reader.field('strategy');
  const multipleOf = reader.field('pad_to_multiple_of');
  return {
    length: readPaddedLength(strategy),
    direction: readDirection(reader.field('direction')),
    multipleOf: multipleOf.isAbsent ? null : multipleOf.integerBelow(LONGEST_PADDING),
    id: reader.field('pad_id').count(0),
    typeId: reader.field('pad_type_id').count(0),
    token: reader.field('pad_token').stringOr('[PAD]'),
  };
}

/** `"BatchLongest"`, or `{ "Fixed": 128 }`. */
function readPaddedLength(strategy: JsonReader): number | 'longest' {
  if (typeof strategy.value !== 'string') return strategy.field('Fixed').integerBelow(LONGEST_PADDING);
  strategy.oneOf(['BatchLongest']);
  return 'longest';
}

/** Padding is made of memory; more tokens than this are a mistake. */
const LONGEST_PADDING = 2 ** 26;

function readDirection(reader: JsonReader): 'left' | 'right' {
  return reader.isAbsent || reader.oneOf(['Left', 'Right']) === 'Right' ? 'right' : 'left';
}
