import type { AddedToken } from '../added-tokens.ts';
import { createByteAlphabet } from '../byte-pair/byte-alphabet.ts';
import { BytePairModel, type BytePairOptions, byteToken } from '../models/byte-pair.ts';
import type { Model } from '../models/model.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { WordPieceModel } from '../models/word-piece.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { SequencePreTokenizer } from '../pre-tokenizers/sequence.ts';
import { Tokenizer } from '../tokenizer.ts';
import type { CountedWord } from './corpus-counter.ts';
import { type MergePair, MergeTraining } from './merge-training.ts';
import { checkCheckpoint, type TrainingCheckpoint } from './training-checkpoint.ts';
import type { LearningEvent, TokenizerLearner } from './training-events.ts';
import type {
  BytePairTrainingOptions,
  TrainingPipelineOptions,
  WordPieceTrainingOptions,
} from './training-options.ts';
import { GrowingVocabulary, numberSpecialTokens } from './training-tokens.ts';
import { readSymbols } from './word-symbols.ts';

type MergeModelOptions = BytePairTrainingOptions | WordPieceTrainingOptions;

/**
 * Learns the vocabularies of BPE and WordPiece: special tokens, characters, merges. WordPiece is learned as BPE whose merges are
 * left out in the end, as Hugging Face does it.
 *
 * @see Sennrich et al. 2016, algorithm 1
 */
export class MergeTokenizerLearner implements TokenizerLearner {
  readonly #options: MergeModelOptions;
  readonly #settings: string;
  readonly #caller: string;
  readonly #words: Iterable<CountedWord>;
  readonly #resumed: TrainingCheckpoint | undefined;
  readonly #addedTokens: readonly AddedToken[];
  readonly #vocabulary: GrowingVocabulary;
  readonly #training: MergeTraining;

  /**
   * @param words      can be iterated more than once
   * @param checkpoint where to go on, on the same words
   */
  constructor(
    words: Iterable<CountedWord>,
    options: MergeModelOptions,
    caller: string,
    checkpoint?: TrainingCheckpoint,
  ) {
    const isWordPiece = options.model === 'wordpiece';
    const {
      unknownToken = isWordPiece ? '[UNK]' : null,
      continuingSubwordPrefix = isWordPiece ? '##' : null,
      endOfWordSuffix,
      limitAlphabet = Number.POSITIVE_INFINITY,
      maxTokenLength = Number.POSITIVE_INFINITY,
      minFrequency = 1,
    } = options;
    const initialAlphabet = [...(options.initialAlphabet ?? defaultAlphabet(options))];
    this.#options = options;
    this.#caller = caller;
    this.#words = words;
    this.#resumed = checkpoint;
    this.#addedTokens = numberSpecialTokens(options.specialTokens ?? [], unknownToken, caller);
    const first = this.#addedTokens.map(({ content }) => content);
    if (options.model === 'bpe' && options.byteFallback) {
      for (let byte = 0; byte < 256; byte++)
        if (!first.includes(byteToken(byte))) first.push(byteToken(byte));
    }
    const settings = {
      continuingSubwordPrefix: continuingSubwordPrefix ?? '',
      endOfWordSuffix: endOfWordSuffix ?? '',
      limitAlphabet,
      maxTokenLength,
      minFrequency,
    };
    this.#settings = JSON.stringify({ model: options.model, ...settings, first, initialAlphabet });
    if (checkpoint) checkCheckpoint(checkpoint, this.#settings, caller);
    this.#vocabulary = new GrowingVocabulary(first);
    const symbols = readSymbols(words, this.#vocabulary, { ...settings, initialAlphabet });
    this.#training = new MergeTraining(symbols, this.#vocabulary, {
      vocabSize: options.vocabSize,
      ...settings,
    });
  }

  *steps(): Generator<LearningEvent, void, void> {
    if (this.#resumed) yield* this.#replay(this.#resumed.merges);
    const checkpoint = (): TrainingCheckpoint => this.checkpoint();
    const targetVocabSize = this.#options.vocabSize;
    for (const frequency of this.#training.learn()) {
      const { vocabSize } = this.#training;
      yield { type: 'merge-progress', vocabSize, targetVocabSize, frequency, checkpoint };
    }
  }

  checkpoint(): TrainingCheckpoint {
    const { learned } = this.#training;
    // Stopped before all merges were made anew: they are still known.
    const known = this.#resumed?.merges ?? [];
    return {
      format: 1,
      settings: this.#settings,
      words: this.#resumed?.words ?? [...this.#words],
      merges: learned.length < known.length ? known : [...learned],
    };
  }

  tokenizer(): Tokenizer {
    return new Tokenizer({
      ...pipelineParts(this.#options),
      model: this.#model(),
      addedTokens: this.#addedTokens,
    });
  }

  *#replay(merges: readonly MergePair[]): Generator<LearningEvent, void, void> {
    const replay = this.#training.replay(merges);
    for (;;) {
      const { done, value } = replay.next();
      if (!done) {
        const mergeCount = this.#training.learned.length;
        yield { type: 'resume-progress', mergeCount, targetMergeCount: merges.length };
        continue;
      }
      if (value === undefined) return;
      throw new RangeError(
        `${this.#caller}: checkpoint.merges[${value}] must be the merge that its words give, got ${JSON.stringify(merges[value])}.`,
      );
    }
  }

  #model(): Model {
    const options = this.#options;
    const { tokens } = this.#vocabulary;
    if (options.model === 'bpe') return makeBytePairModel(tokens, this.#training.merges, options);
    const { unknownToken, continuingSubwordPrefix, maxInputCharsPerWord } = options;
    return new WordPieceModel(new Vocabulary(tokens), {
      ...(unknownToken !== undefined && { unknownToken }),
      ...(continuingSubwordPrefix !== undefined && { continuingSubwordPrefix }),
      ...(maxInputCharsPerWord !== undefined && { maxInputCharsPerWord }),
    });
  }
}

/** A BPE model of token texts by id, and of pairs of ids. */
export function makeBytePairModel(
  tokens: readonly (string | undefined)[],
  merges: readonly MergePair[],
  options: BytePairOptions,
): BytePairModel {
  const vocabulary = new Vocabulary([...tokens]);
  const pairs = new Int32Array(merges.length * 2);
  const products = new Int32Array(merges.length);
  const prefixLength = options.continuingSubwordPrefix?.length ?? 0;
  for (const [rank, [left, right]] of merges.entries()) {
    pairs[rank * 2] = left;
    pairs[rank * 2 + 1] = right;
    products[rank] = vocabulary.idOf(tokens[left]! + tokens[right]!.slice(prefixLength))!;
  }
  return new BytePairModel(vocabulary, pairs, products, options);
}

/** The parts of the tokenizer besides its model. */
export function pipelineParts({
  normalizer,
  preTokenizer,
  postProcessor,
  decoder,
}: TrainingPipelineOptions): Pick<
  TrainingPipelineOptions,
  'normalizer' | 'preTokenizer' | 'postProcessor' | 'decoder'
> {
  return { normalizer, preTokenizer, postProcessor, decoder };
}

/** The characters that stand for bytes, where words are made of them. */
function defaultAlphabet({ preTokenizer }: MergeModelOptions): readonly string[] {
  const last = preTokenizer instanceof SequencePreTokenizer ? preTokenizer.parts.at(-1) : preTokenizer;
  return last instanceof ByteLevelPreTokenizer ? createByteAlphabet().characters : [];
}
