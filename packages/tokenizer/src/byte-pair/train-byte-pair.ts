import { makeSpecialTokens } from '../added-tokens.ts';
import { ByteLevelDecoder } from '../decoders/byte-level.ts';
import { describeValue } from '../describe-value.ts';
import { largestVocabSize } from '../models/read-vocab.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { runTraining, runTrainingSteps } from '../training/run-training.ts';
import type { BytePairTrainingOptions } from '../training/training-options.ts';

export interface TrainBytePairOptions {
  /** How many tokens to end with: special tokens, 256 bytes, and as many merges as fit or as the corpus yields. */
  readonly vocabSize: number;
  /** How often a pair must occur to be merged (default 2). */
  readonly minFrequency?: number;
  /** Tokens matched as a whole, such as `<|endoftext|>`; they get the first ids (default none). */
  readonly specialTokens?: readonly string[];
}

export interface TrainBytePairStepsOptions extends TrainBytePairOptions {
  /** Ends training early, with the merges learned so far. */
  readonly signal?: AbortSignal;
}

/** What `trainBytePairSteps` tells: counting the corpus comes first, then merging, then the tokenizer. */
export type TrainBytePairEvent =
  /** Code units and pieces read so far, and how many of the pieces are distinct. */
  | {
      readonly type: 'count-progress' | 'count-end';
      readonly characterCount: number;
      readonly pieceCount: number;
      readonly distinctPieceCount: number;
    }
  /** Tokens so far, tokens asked for, and how often the pair merged last occurred. */
  | {
      readonly type: 'merge-progress';
      readonly vocabSize: number;
      readonly targetVocabSize: number;
      readonly frequency: number;
    }
  | {
      readonly type: 'train-end';
      readonly reason: 'finished' | 'aborted';
      readonly tokenizer: Tokenizer;
    };

/**
 * Learns a byte-level BPE tokenizer, as GPT-2's.
 *
 * The corpus is cut into pieces by GPT-2's pattern, and the most frequent pair of adjacent tokens is merged again and again
 * (of equally frequent pairs, the one with the smaller ids). Vocabulary and merges are those of Hugging Face's `BpeTrainer`
 * with the `ByteLevel` pre-tokenizer and its whole alphabet. The order of the corpus does not matter.
 *
 * @param corpus a text, or several; pieces do not cross from one to the next
 * @throws {RangeError} if the corpus is empty, or `vocabSize` has no room for special tokens and bytes
 * @see Sennrich et al. 2016, algorithm 1
 * @example
 * const tokenizer = trainBytePair('low lower lowest', { vocabSize: 260 });
 * tokenizer.encode('lower'); // Int32Array [257, 68, 81]: low, e, r
 */
export function trainBytePair(corpus: string | Iterable<string>, options: TrainBytePairOptions): Tokenizer {
  return runTraining(corpus, byteLevelOptions(options, 'trainBytePair'), 'trainBytePair');
}

/**
 * `trainBytePair` in steps, which leaves the event loop free, reports progress a few times a second, reads corpora that
 * arrive in parts (such as files), and can be stopped: an abort ends it with the merges learned until then.
 *
 * @returns events; the last one is `train-end` and holds the tokenizer
 * @throws as {@link trainBytePair}
 */
export async function* trainBytePairSteps(
  corpus: string | Iterable<string> | AsyncIterable<string>,
  { signal, ...options }: TrainBytePairStepsOptions,
): AsyncGenerator<TrainBytePairEvent, void, void> {
  const caller = 'trainBytePairSteps';
  for await (const event of runTrainingSteps(
    corpus,
    { ...byteLevelOptions(options, caller), signal },
    caller,
  )) {
    switch (event.type) {
      case 'count-progress':
      case 'count-end': {
        const { type, characterCount, wordCount, distinctWordCount } = event;
        yield { type, characterCount, pieceCount: wordCount, distinctPieceCount: distinctWordCount };
        break;
      }
      case 'merge-progress': {
        const { type, vocabSize, targetVocabSize, frequency } = event;
        yield { type, vocabSize, targetVocabSize, frequency };
        break;
      }
      case 'train-end':
        yield { type: event.type, reason: event.reason, tokenizer: event.tokenizer };
    }
  }
}

/** @throws {RangeError} if an option is out of range */
function byteLevelOptions(
  { vocabSize, minFrequency = 2, specialTokens = [] }: TrainBytePairOptions,
  caller: string,
): BytePairTrainingOptions {
  makeSpecialTokens(specialTokens, caller);
  const smallest = 256 + specialTokens.length;
  if (!Number.isInteger(vocabSize) || vocabSize < smallest || vocabSize > largestVocabSize) {
    throw new RangeError(
      `${caller}: vocabSize must be an integer from ${smallest} (256 bytes and ${specialTokens.length} special tokens) ` +
        `to ${largestVocabSize}, got ${describeValue(vocabSize)}.`,
    );
  }
  if (!Number.isInteger(minFrequency) || minFrequency < 1) {
    throw new RangeError(
      `${caller}: minFrequency must be a positive integer, got ${describeValue(minFrequency)}.`,
    );
  }
  return {
    model: 'bpe',
    vocabSize,
    minFrequency,
    specialTokens,
    preTokenizer: new ByteLevelPreTokenizer({ addPrefixSpace: false }),
    decoder: new ByteLevelDecoder(),
  };
}
