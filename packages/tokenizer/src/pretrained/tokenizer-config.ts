import type { AddedToken } from '../added-tokens.ts';
import { JsonReader } from '../json-reader.ts';
import { largestVocabSize } from '../models/read-vocab.ts';
import { roleFields, type SpecialTokenRoles } from './special-token-roles.ts';

/** What tokenizer_config.json says, together with the files beside it. */
export interface TokenizerConfig {
  /** The name of the class in transformers, without `Fast`. */
  readonly tokenizerClass: string | undefined;
  readonly specialTokens: SpecialTokenRoles;
  readonly addedTokens: readonly AddedToken[];
  /** Jinja templates of conversations by name; the usual one is `default`. */
  readonly chatTemplates: ReadonlyMap<string, string>;
  /** A flag such as `add_bos_token`; undefined where it is not there. */
  flag(name: string): boolean | undefined;
}

/** The texts of the files, or what `JSON.parse` made of them; all may be missing. */
export interface TokenizerConfigFiles {
  readonly config?: unknown;
  /** special_tokens_map.json: counts where tokenizer_config.json says nothing. */
  readonly specialTokensMap?: unknown;
  /** added_tokens.json: ids by text. */
  readonly addedTokens?: unknown;
  /** chat_template.jinja: counts before the template in tokenizer_config.json. */
  readonly chatTemplate?: string | undefined;
}

/**
 * Reads tokenizer_config.json and the files beside it.
 *
 * @param caller names the function in errors
 * @throws {TypeError} if a file is no JSON or a field has the wrong type; the message names the file and the field
 */
export function readTokenizerConfig(files: TokenizerConfigFiles, caller: string): TokenizerConfig {
  const reader = (content: unknown, source: string): JsonReader =>
    typeof content === 'string'
      ? JsonReader.parse(content, { caller, source })
      : new JsonReader(content ?? {}, { caller, source });
  const config = reader(files.config, 'tokenizer_config.json');
  const map = reader(files.specialTokensMap, 'special_tokens_map.json');
  const specialTokens = { ...readRoles(map), ...readRoles(config) };
  const special = new Set(Object.values(specialTokens).flat());
  const addedTokens = new Map<string, AddedToken>();
  for (const [content, id] of reader(files.addedTokens, 'added_tokens.json').entries()) {
    addedTokens.set(content, {
      id: id.integerBelow(largestVocabSize),
      content,
      special: special.has(content),
    });
  }
  const decoder = config.field('added_tokens_decoder');
  for (const [id, token] of decoder.isAbsent ? [] : decoder.entries()) {
    const added = readAddedToken(token, id);
    addedTokens.set(added.content, added);
  }
  const chatTemplates = readChatTemplates(config.field('chat_template'));
  if (files.chatTemplate !== undefined) chatTemplates.set('default', files.chatTemplate);
  const flag = (name: string): boolean | undefined => {
    const field = config.field(name);
    return field.isAbsent ? undefined : field.boolean(false);
  };
  return {
    tokenizerClass: config.field('tokenizer_class').stringOrNull()?.replace(/Fast$/, ''),
    specialTokens,
    addedTokens: [...addedTokens.values()].sort((a, b) => a.id - b.id),
    chatTemplates,
    flag,
  };
}

/** A token is its text, or an object with `content`. */
function readRoles(reader: JsonReader): SpecialTokenRoles {
  const content = (field: JsonReader): string =>
    typeof field.value === 'string' ? field.value : field.field('content').string();
  const roles: { -readonly [Role in keyof SpecialTokenRoles]: SpecialTokenRoles[Role] } = {};
  for (const [name, role] of Object.entries(roleFields)) {
    const field = reader.field(name);
    if (!field.isAbsent) roles[role] = content(field);
  }
  const additional = reader.field('additional_special_tokens');
  if (!additional.isAbsent) roles.additionalSpecialTokens = additional.items().map(content);
  return roles;
}

function readAddedToken(token: JsonReader, id: string): AddedToken {
  if (!/^\d{1,7}$/.test(id) || Number(id) >= largestVocabSize) {
    throw token.misplaced(`filed under an id below ${largestVocabSize} (${JSON.stringify(id)} is none)`);
  }
  const special = token.field('special').boolean(false);
  return {
    id: Number(id),
    content: token.field('content').string(),
    special,
    normalized: token.field('normalized').boolean(!special),
    singleWord: token.field('single_word').boolean(false),
    leftStrip: token.field('lstrip').boolean(false),
    rightStrip: token.field('rstrip').boolean(false),
  };
}

/** A template, or a list of templates with names. */
function readChatTemplates(field: JsonReader): Map<string, string> {
  if (field.isAbsent) return new Map();
  if (typeof field.value === 'string') return new Map([['default', field.value]]);
  return new Map(field.items().map((item) => [item.field('name').string(), item.field('template').string()]));
}
