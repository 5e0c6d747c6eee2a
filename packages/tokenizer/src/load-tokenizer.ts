import type { AddedToken } from './added-tokens.ts';
import { readBytePair } from './byte-pair/read-byte-pair.ts';
import { readCharacters } from './characters/read-characters.ts';
import { JsonReader } from './json-reader.ts';
import type { Tokenizer } from './tokenizer.ts';
import { addToken, largestVocabSize, readVocab, type Vocab } from './vocab.ts';

export interface LoadTokenizerOptions {
  /** What errors call the file (default `tokenizer.json`). */
  readonly source?: string;
}

/**
 * Reads Hugging Face's tokenizer.json: byte-level BPE (as GPT-2 has it) and one token per character.
 *
 * What would change the ids and is not supported (normalizers, other pre-tokenizers, models and post-processors, truncation,
 * padding) is refused by name. Offsets are not computed, so settings that touch only them are let pass and not kept.
 *
 * @param json the file's text, or what `JSON.parse` made of it
 * @throws {TypeError} if the file is no JSON or a field has the wrong type
 * @throws {RangeError} if a field has an impossible value, or asks for what is not supported
 */
export function loadTokenizer(
  json: unknown,
  { source = 'tokenizer.json' }: LoadTokenizerOptions = {},
): Tokenizer {
  const origin = { caller: 'loadTokenizer', source };
  const file = typeof json === 'string' ? JsonReader.parse(json, origin) : new JsonReader(json, origin);
  const model = file.field('model');
  const type = model.field('type').value ?? guessType(model);
  if (type !== 'BPE' && type !== 'WordLevel') {
    throw model.unsupported('"BPE" (byte-level) and "WordLevel" (one character per token)');
  }
  for (const name of ['normalizer', 'truncation', 'padding']) file.field(name).expectAbsent();
  const vocab = readVocab(model.field('vocab'));
  const addedTokens = readAddedTokens(file.field('added_tokens'), vocab);
  return type === 'BPE' ? readBytePair(file, vocab, addedTokens) : readCharacters(file, vocab, addedTokens);
}

/** Files written before models had a `type` tell by their fields. */
function guessType(model: JsonReader): unknown {
  return 'merges' in model.object() ? 'BPE' : undefined;
}

/** Reads the added tokens, and adds those that the model lacks to the vocabulary. */
function readAddedTokens(list: JsonReader, vocab: Vocab): AddedToken[] {
  if (list.value === undefined || list.value === null) return [];
  return list.items().map((item) => {
    for (const flag of ['single_word', 'lstrip', 'rstrip']) item.field(flag).expectAbsent(false);
    const content = item.field('content').string();
    if (content === '') throw item.field('content').misplaced('a string that is not empty');
    const id = item.field('id').integerBelow(largestVocabSize);
    const known = vocab.ids.get(content);
    if (known !== undefined && known !== id) throw item.field('id').misplaced(`${known}, as in model.vocab`);
    if (vocab.tokens[id] !== undefined && vocab.tokens[id] !== content) {
      throw item.field('id').misplaced('an id that no other token has');
    }
    addToken(vocab, content, id);
    const special = item.field('special').boolean(false);
    return { id, content, special, normalized: item.field('normalized').boolean(!special) };
  });
}
