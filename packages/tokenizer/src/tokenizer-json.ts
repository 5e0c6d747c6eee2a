import type { DecoderJson } from './decoders/decoder.ts';
import type { UnigramModelJson } from './models/unigram/unigram-model.ts';
import type { NormalizerJson } from './normalizers/normalizer.ts';
import type { Padding } from './padding.ts';
import type { PostProcessorJson } from './post-processors/post-processor.ts';
import type { PreTokenizerJson } from './pre-tokenizers/pre-tokenizer.ts';
import type { Truncation, TruncationStrategy } from './truncation.ts';

/** Hugging Face's tokenizer.json. */
export interface TokenizerJson {
  readonly version: '1.0';
  readonly truncation: TruncationJson | null;
  readonly padding: PaddingJson | null;
  readonly added_tokens: readonly AddedTokenJson[];
  readonly normalizer: NormalizerJson | null;
  readonly pre_tokenizer: PreTokenizerJson | null;
  readonly post_processor: PostProcessorJson | null;
  readonly decoder: DecoderJson | null;
  readonly model: ModelJson;
}

export type ModelJson = BytePairModelJson | WordPieceModelJson | WordLevelModelJson | UnigramModelJson;

export interface TruncationJson {
  readonly direction: 'Left' | 'Right';
  readonly max_length: number;
  readonly strategy: 'LongestFirst' | 'OnlyFirst' | 'OnlySecond';
  readonly stride: number;
}

export interface PaddingJson {
  readonly strategy: 'BatchLongest' | { readonly Fixed: number };
  readonly direction: 'Left' | 'Right';
  readonly pad_to_multiple_of: number | null;
  readonly pad_id: number;
  readonly pad_type_id: number;
  readonly pad_token: string;
}

export interface AddedTokenJson {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

export interface BytePairModelJson {
  readonly type: 'BPE';
  readonly dropout: number | null;
  readonly unk_token: string | null;
  readonly continuing_subword_prefix: string | null;
  readonly end_of_word_suffix: string | null;
  readonly fuse_unk: boolean;
  readonly byte_fallback: boolean;
  readonly ignore_merges: boolean;
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

const strategyNames: Readonly<Record<TruncationStrategy, TruncationJson['strategy']>> = {
  'longest-first': 'LongestFirst',
  'only-first': 'OnlyFirst',
  'only-second': 'OnlySecond',
};

export function truncationJson({
  maxLength,
  strategy = 'longest-first',
  stride = 0,
  direction = 'right',
}: Truncation): TruncationJson {
  return {
    direction: direction === 'right' ? 'Right' : 'Left',
    max_length: maxLength,
    strategy: strategyNames[strategy],
    stride,
  };
}

export function paddingJson({
  length = 'longest',
  direction = 'right',
  multipleOf = null,
  id = 0,
  typeId = 0,
  token = '[PAD]',
}: Padding): PaddingJson {
  return {
    strategy: length === 'longest' ? 'BatchLongest' : { Fixed: length },
    direction: direction === 'right' ? 'Right' : 'Left',
    pad_to_multiple_of: multipleOf,
    pad_id: id,
    pad_type_id: typeId,
    pad_token: token,
  };
}
