import type { AddedToken } from '../added-tokens.ts';
import { ByteLevelDecoder } from '../decoders/byte-level.ts';
import { JsonReader } from '../json-reader.ts';
import { BytePairModel } from '../models/byte-pair.ts';
import { createBertTokenizer } from '../models/load-vocab-text.ts';
import { checkBytes, readMerges } from '../models/read-byte-pair.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import type { SpecialToken } from '../post-processors/post-processor.ts';
import { surroundingTemplate } from '../post-processors/surrounding-template.ts';
import type { PretrainedTokenizer } from '../pretrained/pretrained-tokenizer.ts';
import type { SpecialTokenRoles } from '../pretrained/special-token-roles.ts';
import type { PieceKind, SentencePieceFile } from '../sentencepiece/sentence-piece-file.ts';
import { sentencePieceToTokenizer } from '../sentencepiece/sentence-piece-to-tokenizer.ts';
import { SPACE_MARK } from '../sentencepiece/text-normalizer.ts';
import { Tokenizer } from '../tokenizer.ts';
import { GgufFields } from './gguf-fields.ts';
import type { GgufMetadata } from './gguf-header.ts';
import { type RangeReader, type ReadGgufMetadataOptions, readGgufMetadata } from './gguf-metadata.ts';
import { createGgufPreTokenizer, ggufPreTokenizer, ggufPreTokenizerNames } from './gguf-pre-tokenizers.ts';

/**
 * Reads the tokenizer of a GGUF file, as llama.cpp and what builds on it use them, with its special tokens and chat templates.
 *
 * Models `gpt2` (byte-level BPE, with the pre-tokenizers that llama.cpp names), `llama` (SentencePiece's BPE), `t5` (Unigram) and `bert`
 * (WordPiece). Ids are those of llama.cpp but for what {@link sentencePieceToTokenizer} says; patterns are those the models were trained
 * with. Of a file that is read in parts, only the beginning is read.
 *
 * @param file the whole file, a `Blob`, or a reader of parts
 * @throws {RangeError} if the file is damaged, has no tokenizer, or one of another kind; the message names the key and the byte
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (`tokenizer.ggml`)
 * @example
 * const { tokenizer, chatTemplates } = await readGgufTokenizer(await readFile('model.gguf'));
 */
export async function readGgufTokenizer(
  file: Uint8Array | Blob | RangeReader,
  options: ReadGgufMetadataOptions = {},
): Promise<PretrainedTokenizer> {
  return ggufToTokenizer(await readGgufMetadata(file, options), options);
}

/**
 * The same for a file whose metadata is read already, for those who load the weights as well.
 *
 * @throws as {@link readGgufTokenizer}
 */
export function ggufToTokenizer(
  metadata: GgufMetadata,
  { source = 'model.gguf' }: { readonly source?: string } = {},
): PretrainedTokenizer {
  const fields = new GgufFields(metadata, `readGgufTokenizer: ${source}`);
  const vocabulary = readVocabulary(fields);
  const roles = readRoles(fields, vocabulary.tokens);
  const model = fields.string('tokenizer.ggml.model') ?? '';
  if (!Object.hasOwn(builders, model)) {
    throw fields.misplaced('tokenizer.ggml.model', `one of ${Object.keys(builders).join(', ')}`);
  }
  return {
    tokenizer: builders[model as keyof typeof builders](fields, vocabulary, roles),
    specialTokens: roles,
    chatTemplates: readChatTemplates(fields),
  };
}

interface GgufVocabulary {
  readonly tokens: readonly string[];
  /** What each token is for. */
  readonly kinds: readonly PieceKind[];
}

const builders = {
  bert: buildBert,
  gpt2: buildBytePair,
  llama: (fields: GgufFields, vocabulary: GgufVocabulary, roles: SpecialTokenRoles) =>
    buildSentencePiece(fields, vocabulary, roles, 'bpe'),
  t5: (fields: GgufFields, vocabulary: GgufVocabulary, roles: SpecialTokenRoles) =>
    buildSentencePiece(fields, vocabulary, roles, 'unigram'),
};

function buildBytePair(
  fields: GgufFields,
  { tokens, kinds }: GgufVocabulary,
  roles: SpecialTokenRoles,
): Tokenizer {
  const name = fields.string('tokenizer.ggml.pre') ?? 'default';
  const preTokenizer = ggufPreTokenizer(name);
  if (!preTokenizer) {
    throw fields.misplaced('tokenizer.ggml.pre', `one of ${ggufPreTokenizerNames().join(', ')}`);
  }
  const vocabulary = new Vocabulary(tokens);
  const origin = { caller: 'readGgufTokenizer', source: `${fields.source}: tokenizer.ggml.merges` };
  checkBytes(
    new JsonReader(tokens, { ...origin, source: `${fields.source}: tokenizer.ggml.tokens` }),
    vocabulary,
  );
  const merges = fields.strings('tokenizer.ggml.merges');
  const readerOf = (index: number) => new JsonReader(merges[index], origin, () => `[${index}]`);
  const { pairs, products } = readMerges(merges, readerOf, vocabulary, '');
  return new Tokenizer({
    model: new BytePairModel(vocabulary, pairs, products, { ignoreMerges: preTokenizer.ignoreMerges }),
    preTokenizer: createGgufPreTokenizer(preTokenizer),
    decoder: new ByteLevelDecoder(),
    addedTokens: addedTokens(tokens, kinds),
    postProcessor: template(fields, tokens, roles, preTokenizer.addsBos, false),
  });
}

function buildSentencePiece(
  fields: GgufFields,
  { tokens, kinds }: GgufVocabulary,
  roles: SpecialTokenRoles,
  algorithm: SentencePieceFile['algorithm'],
): Tokenizer {
  const scores = fields.numbers('tokenizer.ggml.scores', tokens.length);
  const isByteLevel = kinds.filter((kind) => kind === 'byte').length === 256;
  const tokenizer = sentencePieceToTokenizer(
    {
      pieces: tokens.map((piece, id) => ({ piece, score: scores?.[id] ?? 0, kind: kinds[id]! })),
      algorithm,
      byteFallback: isByteLevel,
      spaceAsSuffix: false,
      unknownSurface: ' \u2047 ',
      characterMap: fields.bytes('tokenizer.ggml.precompiled_charsmap') ?? new Uint8Array(),
      normalizerName: '',
      addDummyPrefix: fields.boolean('tokenizer.ggml.add_space_prefix') ?? true,
      removeExtraSpaces: fields.boolean('tokenizer.ggml.remove_extra_whitespaces') ?? false,
      escapeSpaces: true,
    },
    { source: fields.source },
  );
  const isUnigram = algorithm === 'unigram';
  return tokenizer.with({ postProcessor: template(fields, tokens, roles, !isUnigram, isUnigram) });
}

/** llama.cpp's files have a space's mark before words and nothing before continuing tokens; names in brackets stay. */
function buildBert(
  fields: GgufFields,
  { tokens, kinds }: GgufVocabulary,
  { bosToken, eosToken, ...roles }: SpecialTokenRoles,
): Tokenizer {
  const words = tokens.map((token, id) => {
    if (kinds[id] === 'control' || kinds[id] === 'unknown' || /^\[.*\]$/s.test(token)) return token;
    return token.startsWith(SPACE_MARK) ? token.slice(SPACE_MARK.length) : `##${token}`;
  });
  const lowercase = fields.boolean('tokenizer.ggml.normalizer.lowercase') ?? true;
  return createBertTokenizer(
    new Vocabulary(words),
    {
      clsToken: bosToken ?? '[CLS]',
      sepToken: eosToken ?? '[SEP]',
      ...roles,
      lowercase,
      stripAccents: fields.boolean('tokenizer.ggml.normalizer.strip_accents') ?? lowercase,
      addedTokens: addedTokens(words, kinds),
    },
    `readGgufTokenizer: ${fields.source}: tokenizer.ggml.tokens`,
  );
}

function readVocabulary(fields: GgufFields): GgufVocabulary {
  const key = 'tokenizer.ggml.tokens';
  const tokens = fields.strings(key);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size < tokens.length) {
    const again = tokens.findIndex((token, id) => ids.get(token) !== id);
    throw fields.misplaced(key, `of tokens that differ (${JSON.stringify(tokens[again])} comes twice)`);
  }
  const types = fields.numbers('tokenizer.ggml.token_type', tokens.length);
  const unknown = fields.tokenId('tokenizer.ggml.unknown_token_id', tokens.length);
  const kinds = tokens.map((token, id): PieceKind => {
    const kind = tokenKinds[types?.[id] ?? 0];
    if (kind) return kind;
    if (id === unknown) return 'unknown';
    return /^<0x[0-9A-F]{2}>$/.test(token) ? 'byte' : 'normal';
  });
  if (!types) {
    for (const field of Object.keys(roleIds)) {
      const id = fields.tokenId(`tokenizer.ggml.${field}`, tokens.length);
      if (id !== undefined && id !== unknown) kinds[id] = 'control';
    }
  }
  return { tokens, kinds };
}

/** By the number that files have for them, which are SentencePiece's. */
const tokenKinds: Readonly<Record<number, PieceKind>> = {
  1: 'normal',
  2: 'unknown',
  3: 'control',
  4: 'user-defined',
  5: 'unused',
  6: 'byte',
};

const roleIds: Readonly<Record<string, Exclude<keyof SpecialTokenRoles, 'additionalSpecialTokens'>>> = {
  bos_token_id: 'bosToken',
  eos_token_id: 'eosToken',
  unknown_token_id: 'unkToken',
  // An older spelling first: what comes later counts.
  seperator_token_id: 'sepToken',
  separator_token_id: 'sepToken',
  padding_token_id: 'padToken',
  cls_token_id: 'clsToken',
  mask_token_id: 'maskToken',
};

function readRoles(fields: GgufFields, tokens: readonly string[]): SpecialTokenRoles {
  const roles: { -readonly [Role in keyof SpecialTokenRoles]: SpecialTokenRoles[Role] } = {};
  for (const [field, role] of Object.entries(roleIds)) {
    const id = fields.tokenId(`tokenizer.ggml.${field}`, tokens.length);
    if (id !== undefined) roles[role] = tokens[id]!;
  }
  return roles;
}

function addedTokens(tokens: readonly string[], kinds: readonly PieceKind[]): AddedToken[] {
  return tokens.flatMap((content, id): AddedToken[] => {
    const kind = kinds[id];
    if (content === '') return [];
    if (kind === 'control' || kind === 'unknown') return [{ id, content, special: true }];
    return kind === 'user-defined' ? [{ id, content, normalized: false }] : [];
  });
}

/** Bos and eos tokens around texts, as the file says or else as llama.cpp does for the model. */
function template(
  fields: GgufFields,
  tokens: readonly string[],
  { bosToken, eosToken }: SpecialTokenRoles,
  addsBos: boolean,
  addsEos: boolean,
): ReturnType<typeof surroundingTemplate> {
  const special = (token: string | undefined, adds: boolean): SpecialToken[] =>
    adds && token !== undefined ? [[token, tokens.indexOf(token)]] : [];
  return surroundingTemplate(
    special(bosToken, fields.boolean('tokenizer.ggml.add_bos_token') ?? addsBos),
    special(eosToken, fields.boolean('tokenizer.ggml.add_eos_token') ?? addsEos),
  );
}

/** `tokenizer.chat_template`, and `tokenizer.chat_template.NAME` for others. */
function readChatTemplates(fields: GgufFields): Map<string, string> {
  const prefix = 'tokenizer.chat_template';
  const templates = new Map<string, string>();
  for (const key of fields.keys()) {
    if (key === prefix) templates.set('default', fields.string(key)!);
    else if (key.startsWith(`${prefix}.`)) templates.set(key.slice(prefix.length + 1), fields.string(key)!);
  }
  return templates;
}
