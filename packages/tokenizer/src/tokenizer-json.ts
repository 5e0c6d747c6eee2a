/** Hugging Face's tokenizer.json, as far as Wordloom writes it. */
export interface TokenizerJson {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly AddedTokenJson[];
  readonly normalizer: null;
  readonly pre_tokenizer: ByteLevelJson | CharacterSplitJson;
  readonly post_processor: null;
  readonly decoder: ByteLevelJson | { readonly type: 'Fuse' };
  readonly model: BytePairModelJson | WordLevelModelJson;
}

export interface AddedTokenJson {
  readonly id: number;
  readonly content: string;
  readonly single_word: false;
  readonly lstrip: false;
  readonly rstrip: false;
  readonly normalized: boolean;
  readonly special: boolean;
}

export interface ByteLevelJson {
  readonly type: 'ByteLevel';
  readonly add_prefix_space: boolean;
  readonly trim_offsets: boolean;
  readonly use_regex: boolean;
}

export interface CharacterSplitJson {
  readonly type: 'Split';
  readonly pattern: { readonly Regex: string };
  readonly behavior: 'Isolated';
  readonly invert: false;
}

export interface BytePairModelJson {
  readonly type: 'BPE';
  readonly dropout: null;
  readonly unk_token: null;
  readonly continuing_subword_prefix: null;
  readonly end_of_word_suffix: null;
  readonly fuse_unk: false;
  readonly byte_fallback: false;
  readonly ignore_merges: false;
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly (readonly [string, string])[];
}

export interface WordPieceModelJson {
  readonly type: 'WordPiece';
  readonly unk_token: string;
  readonly continuing_subword_prefix: string;
  readonly max_input_chars_per_word: number;
  readonly vocab: Readonly<Record<string, number>>;
}

export interface WordLevelModelJson {
  readonly type: 'WordLevel';
  readonly vocab: Readonly<Record<string, number>>;
  readonly unk_token: string;
}

/** A vocabulary as tokenizer.json writes it. */
export function vocabJson(tokens: readonly (string | undefined)[]): Record<string, number> {
  // Object.fromEntries makes own properties, also of a token named `__proto__`.
  return Object.fromEntries(
    tokens.flatMap((token, id) => (token === undefined ? [] : [[token, id] as const])),
  );
}
