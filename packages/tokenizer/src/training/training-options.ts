import type { Decoder } from '../decoders/decoder.ts';
import { describeValue } from '../describe-value.ts';
import { largestVocabSize } from '../models/read-vocab.ts';
import type { TrainUnigramOptions } from '../models/unigram/train-unigram.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import type { PostProcessor } from '../post-processors/post-processor.ts';
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts';
import type { TrainingSpecialToken } from './training-tokens.ts';

/** What trainings of all models have in common: the parts of the tokenizer, and its special tokens. */
export interface TrainingPipelineOptions {
  /** How many tokens to end with, all told; fewer if the corpus does not yield them. */
  readonly vocabSize: number;
  /** Tokens matched as a whole, which get the first ids in this order (default none). They are not looked for in the corpus. */
  readonly specialTokens?: readonly TrainingSpecialToken[];
  /** Rewrites texts first (default: they stay as they are). */
  readonly normalizer?: Normalizer | undefined;
  /** Cuts texts into words, which tokens do not cross (default: a text is one word). */
  readonly preTokenizer?: PreTokenizer | undefined;
  /** Puts special tokens in; their ids are their places in `specialTokens` (default: none are put in). */
  readonly postProcessor?: PostProcessor | undefined;
  /** Makes text of tokens (default: tokens separated by spaces). */
  readonly decoder?: Decoder | undefined;
}

interface AlphabetTrainingOptions {
  /** Characters that get a token even if the corpus lacks them (default: the 256 of the bytes if the pre-tokenizer ends with a byte-level one, else none). */
  readonly initialAlphabet?: Iterable<string>;
  /** How many characters get a token at most, the most frequent ones; others are left out of words (default: all). */
  readonly limitAlphabet?: number;
  /** How often a pair must occur to be merged (default 1). */
  readonly minFrequency?: number;
  /** Merging makes no tokens of so many characters or more, affixes aside (default: tokens may have any length). */
  readonly maxTokenLength?: number;
  /** What tokens that end a word end with (default: nothing). */
  readonly endOfWordSuffix?: string | null;
}

/** Options of BPE. */
export interface BytePairTrainingOptions extends TrainingPipelineOptions, AlphabetTrainingOptions {
  readonly model: 'bpe';
  /** What tokens that do not begin a word begin with (default null: nothing). */
  readonly continuingSubwordPrefix?: string | null;
  /** The token of characters that have none, which becomes the last special token unless it is one (default null: they are left out). */
  readonly unknownToken?: string | null;
  /** Whether neighboring unknown characters are one token (default false). */
  readonly fuseUnknown?: boolean;
  /** Whether there are tokens `<0x00>` … `<0xFF>` after the special ones, for characters that have none (default false). */
  readonly byteFallback?: boolean;
  /** Whether a word that is a token as a whole is taken as it is (default false). */
  readonly ignoreMerges?: boolean;
  /** How likely each merge is left out when texts are encoded, 0 to 1 (default null: never). */
  readonly dropout?: number | null;
}

/** Options of WordPiece. */
export interface WordPieceTrainingOptions extends TrainingPipelineOptions, AlphabetTrainingOptions {
  readonly model: 'wordpiece';
  /** What tokens that do not begin a word begin with (default `##`). */
  readonly continuingSubwordPrefix?: string;
  /** The token of words that cannot be cut up, which becomes the last special token unless it is one (default `[UNK]`). */
  readonly unknownToken?: string;
  /** Longer words are the unknown token when texts are encoded (default 100). */
  readonly maxInputCharsPerWord?: number;
}

/** Options of WordLevel. */
export interface WordLevelTrainingOptions extends TrainingPipelineOptions {
  readonly model: 'wordlevel';
  /** How often a word must occur to get a token (default 1). */
  readonly minFrequency?: number;
  /** The token of all other words, which becomes the last special token unless it is one (default `<unk>`). */
  readonly unknownToken?: string;
}

/** Options of Unigram. */
export interface UnigramTrainingOptions
  extends TrainingPipelineOptions,
    Omit<TrainUnigramOptions, 'vocabSize' | 'specialTokens'> {
  readonly model: 'unigram';
}

/** Options of `trainTokenizer`; which ones there are depends on the model. */
export type TrainTokenizerOptions =
  | BytePairTrainingOptions
  | WordPieceTrainingOptions
  | WordLevelTrainingOptions
  | UnigramTrainingOptions;

/** @throws {RangeError} if an option is out of range; the message names it */
export function checkTrainingOptions(options: TrainTokenizerOptions, caller: string): void {
  const { model, vocabSize } = options;
  if (!['bpe', 'wordpiece', 'wordlevel', 'unigram'].includes(model)) {
    throw new RangeError(
      `${caller}: model must be "bpe", "wordpiece", "wordlevel" or "unigram", got ${describeValue(model)}.`,
    );
  }
  if (!Number.isInteger(vocabSize) || vocabSize < 1 || vocabSize > largestVocabSize) {
    throw new RangeError(
      `${caller}: vocabSize must be an integer from 1 to ${largestVocabSize}, got ${describeValue(vocabSize)}.`,
    );
  }
  if (options.model === 'unigram') return; // its trainer checks the rest
  requireCount(options.minFrequency, 0, 'minFrequency', caller);
  if (options.model === 'wordlevel') return;
  requireCount(options.limitAlphabet, 0, 'limitAlphabet', caller);
  requireCount(options.maxTokenLength, 1, 'maxTokenLength', caller);
  if (options.model === 'wordpiece')
    requireCount(options.maxInputCharsPerWord, 1, 'maxInputCharsPerWord', caller);
  else if (options.dropout != null && !(options.dropout >= 0 && options.dropout <= 1)) {
    throw new RangeError(
      `${caller}: dropout must be null or from 0 to 1, got ${describeValue(options.dropout)}.`,
    );
  }
}

/** @throws {RangeError} unless the value is undefined or an integer that is large enough */
export function requireCount(value: number | undefined, least: number, name: string, caller: string): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new RangeError(
    `${caller}: ${name} must be an integer of at least ${least}, got ${describeValue(value)}.`,
  );
}
