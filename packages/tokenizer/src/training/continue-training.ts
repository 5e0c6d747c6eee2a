import { describeValue } from '../describe-value.ts';
import { BytePairModel } from '../models/byte-pair.ts';
import type { Model } from '../models/model.ts';
import { largestVocabSize } from '../models/read-vocab.ts';
import { UnigramModel } from '../models/unigram/unigram-model.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { WordLevelModel } from '../models/word-level.ts';
import { WordPieceModel } from '../models/word-piece.ts';
import type { Tokenizer } from '../tokenizer.ts';
import type { BytePairModelJson } from '../tokenizer-json.ts';
import { Pause } from '../word-counts/pause.ts';
import { addUnigramPieces } from './add-unigram-pieces.ts';
import { CorpusCounter, type CountedWord, type TrainingCorpus } from './corpus-counter.ts';
import { makeBytePairModel } from './merge-tokenizer-learner.ts';
import { type MergePair, MergeTraining } from './merge-training.ts';
import { exhaust, requireWords } from './run-training.ts';
import type { ContinuationEvent, ContinueTrainingEvent } from './training-events.ts';
import { requireCount } from './training-options.ts';
import { GrowingVocabulary } from './training-tokens.ts';
import { addFrequentWords } from './word-level-learner.ts';
import { cutSymbols, readSymbols } from './word-symbols.ts';

/** Options of {@link continueTraining}. */
export interface ContinueTrainingOptions {
  /** How many tokens to end with, those that there are included: the new `vocabSize` of the tokenizer. */
  readonly vocabSize: number;
  /** How often a pair, or a word of WordLevel, must occur in the new corpus (default 1). */
  readonly minFrequency?: number;
  /** BPE, WordPiece and Unigram: whether characters of the corpus that have no token get one first (default true). */
  readonly addCharacters?: boolean;
  /** BPE and WordPiece: merging makes no tokens of so many characters or more (default: tokens may have any length). */
  readonly maxTokenLength?: number;
}

/** Options of {@link continueTrainingSteps}. */
export interface ContinueTrainingStepsOptions extends ContinueTrainingOptions {
  /** Ends training early, with what was learned until then. */
  readonly signal?: AbortSignal | undefined;
}

/** What is learned anew, by the trainers of the models. */
interface Continuation extends Required<ContinueTrainingOptions> {
  readonly words: Iterable<CountedWord>;
  /** The tokens of the model, and gaps for the ids of added tokens outside it. */
  readonly vocabulary: GrowingVocabulary;
  readonly isAborted: () => boolean;
}

/**
 * Adds tokens to a tokenizer, learned from another corpus; to specialize one for a field or a language, for one.
 *
 * All tokens keep their ids, and new ones get the ids after them, so a model's embeddings only need more rows. BPE keeps its
 * merges and learns further ones, after them, from the corpus as it is cut now; so texts are cut as before, and then some. WordPiece
 * does the same with the tokens that it cuts words into, and WordLevel gets the most frequent words that it lacks. Unigram gets the
 * best new pieces of a model learned from the corpus, whose scores are shifted to be level with the old ones.
 *
 * @param corpus a text, texts, or counted words, normalized and cut as the tokenizer does
 * @returns a new tokenizer, of the same parts
 * @throws {RangeError} if the corpus has no words, or an option is out of range
 * @example
 * const larger = continueTraining(tokenizer, medicalTexts, { vocabSize: tokenizer.vocabSize + 4000 });
 */
export function continueTraining(
  tokenizer: Tokenizer,
  corpus: TrainingCorpus,
  options: ContinueTrainingOptions,
): Tokenizer {
  const caller = 'continueTraining';
  checkOptions(tokenizer, options, caller);
  const counter = new CorpusCounter(tokenizer, caller);
  for (const item of typeof corpus === 'string' ? [corpus] : corpus) exhaust(counter.add(item));
  requireWords(counter, caller);
  const steps = continueWith(tokenizer, counter.words(), options, () => false);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * {@link continueTraining} in steps, which leaves the event loop free, reports progress a few times a second, reads corpora that arrive in parts,
 * and can be stopped.
 *
 * @returns events; the last one is `train-end` and holds the tokenizer
 * @throws as {@link continueTraining}
 * @example
 * for await (const event of continueTrainingSteps(tokenizer, texts, { vocabSize: 40_000, signal })) {
 *   if (event.type === 'train-end') await writeTokenizer('tokenizer.json', event.tokenizer);
 * }
 */
export async function* continueTrainingSteps(
  tokenizer: Tokenizer,
  corpus: TrainingCorpus | AsyncIterable<string | CountedWord>,
  { signal, ...options }: ContinueTrainingStepsOptions,
): AsyncGenerator<ContinueTrainingEvent, void, void> {
  const caller = 'continueTrainingSteps';
  checkOptions(tokenizer, options, caller);
  const isAborted = (): boolean => signal?.aborted === true;
  const pause = new Pause();
  const counter = new CorpusCounter(tokenizer, caller);
  counting: for await (const item of typeof corpus === 'string' ? [corpus] : corpus) {
    if (isAborted()) break;
    for (const _ of counter.add(item)) {
      if (isAborted()) break counting;
      if (!pause.isDue()) continue;
      yield { type: 'count-progress', ...counter.size };
      await pause.take();
    }
  }
  yield { type: 'count-end', ...counter.size };
  let larger = tokenizer;
  if (!isAborted()) {
    requireWords(counter, caller);
    const steps = continueWith(tokenizer, counter.words(), options, isAborted);
    for (;;) {
      const { done, value } = steps.next();
      if (done) {
        larger = value;
        break;
      }
      if (value.type !== 'round-end' && !pause.isDue()) continue;
      yield value;
      await pause.take();
    }
  }
  yield { type: 'train-end', reason: isAborted() ? 'aborted' : 'finished', tokenizer: larger };
}

function checkOptions(tokenizer: Tokenizer, options: ContinueTrainingOptions, caller: string): void {
  const { vocabSize, minFrequency = 1, maxTokenLength } = options;
  if (!Number.isInteger(vocabSize) || vocabSize < tokenizer.vocabSize || vocabSize > largestVocabSize) {
    throw new RangeError(
      `${caller}: vocabSize must be an integer from ${tokenizer.vocabSize} (the tokens there are) to ${largestVocabSize}, got ${describeValue(vocabSize)}.`,
    );
  }
  requireCount(minFrequency, 0, 'minFrequency', caller);
  requireCount(maxTokenLength, 1, 'maxTokenLength', caller);
}

/** The tokenizer with more tokens, at the end of the steps. */
function* continueWith(
  tokenizer: Tokenizer,
  words: Iterable<CountedWord>,
  options: ContinueTrainingOptions,
  isAborted: () => boolean,
): Generator<ContinuationEvent, Tokenizer, void> {
  const { vocabSize, minFrequency = 1, addCharacters = true } = options;
  const { maxTokenLength = Number.POSITIVE_INFINITY } = options;
  const { model } = tokenizer;
  const tokens = Array.from({ length: tokenizer.vocabSize }, (_, id) => model.tokenOf(id));
  const vocabulary = new GrowingVocabulary(tokens);
  const larger = yield* continueModel(model, {
    words,
    vocabulary,
    vocabSize,
    minFrequency,
    addCharacters,
    maxTokenLength,
    isAborted,
  });
  return tokenizer.with({ model: larger });
}

function* continueModel(model: Model, continuation: Continuation): Generator<ContinuationEvent, Model, void> {
  const { words, vocabulary } = continuation;
  if (model instanceof BytePairModel) return yield* continueBytePair(model, continuation);
  if (model instanceof WordPieceModel) return yield* continueWordPiece(model, continuation);
  if (model instanceof WordLevelModel) {
    addFrequentWords(words, vocabulary, continuation);
    return new WordLevelModel(new Vocabulary(vocabulary.tokens), model.unknownToken);
  }
  if (model instanceof UnigramModel) return yield* addUnigramPieces(model, continuation);
  throw new TypeError(
    `continueTraining: tokenizer must have a model of type BPE, WordPiece, WordLevel or Unigram, got ${describeValue(model)}.`,
  );
}

function* continueBytePair(
  model: BytePairModel,
  continuation: Continuation,
): Generator<ContinuationEvent, BytePairModel, void> {
  const { vocabulary } = continuation;
  const { options } = model;
  const prefix = options.continuingSubwordPrefix ?? '';
  const suffix = options.endOfWordSuffix ?? '';
  addCharacters(continuation, prefix, suffix);
  const { merges } = model.toJSON() as BytePairModelJson;
  const known = merges.map(([left, right]): MergePair => [vocabulary.idOf(left)!, vocabulary.idOf(right)!]);
  // Unknown characters are left out, as in training, and nothing is left to chance.
  const cutting = makeBytePairModel(vocabulary.tokens, known, {
    continuingSubwordPrefix: prefix,
    endOfWordSuffix: suffix,
    ignoreMerges: options.ignoreMerges,
  });
  const learned = yield* learnMerges(continuation, cutting, undefined, prefix, suffix);
  const seen = new Set(learned.map(pairKey));
  const kept = known.filter((merge) => !seen.has(pairKey(merge)));
  return makeBytePairModel(vocabulary.tokens, [...kept, ...learned], options);
}

function* continueWordPiece(
  model: WordPieceModel,
  continuation: Continuation,
): Generator<ContinuationEvent, WordPieceModel, void> {
  const { vocabulary } = continuation;
  const { unknownToken, continuingSubwordPrefix, maxInputCharsPerWord } = model;
  const options = { unknownToken, continuingSubwordPrefix, maxInputCharsPerWord };
  addCharacters(continuation, continuingSubwordPrefix, '');
  const cutting = new WordPieceModel(new Vocabulary([...vocabulary.tokens]), options);
  yield* learnMerges(continuation, cutting, vocabulary.idOf(unknownToken), continuingSubwordPrefix, '');
  return new WordPieceModel(new Vocabulary(vocabulary.tokens), options);
}

function addCharacters(
  { words, vocabulary, addCharacters }: Continuation,
  prefix: string,
  suffix: string,
): void {
  readSymbols(words, vocabulary, {
    continuingSubwordPrefix: prefix,
    endOfWordSuffix: suffix,
    initialAlphabet: [],
    limitAlphabet: addCharacters ? Number.POSITIVE_INFINITY : 0,
  });
}

function* learnMerges(
  { words, vocabulary, vocabSize, minFrequency, maxTokenLength, isAborted }: Continuation,
  cutting: Model,
  skippedId: number | undefined,
  continuingSubwordPrefix: string,
  endOfWordSuffix: string,
): Generator<ContinuationEvent, MergePair[], void> {
  const spanOf = (id: number): number => {
    const token = vocabulary.tokens[id]!;
    const start = token.startsWith(continuingSubwordPrefix) ? continuingSubwordPrefix.length : 0;
    const end = token.endsWith(endOfWordSuffix) ? token.length - endOfWordSuffix.length : token.length;
    return [...token.slice(start, Math.max(start, end))].length;
  };
  const symbols = cutSymbols(words, cutting, skippedId, spanOf);
  const training = new MergeTraining(symbols, vocabulary, {
    vocabSize,
    minFrequency,
    maxTokenLength,
    continuingSubwordPrefix,
  });
  for (const frequency of training.learn()) {
    yield { type: 'merge-progress', vocabSize: training.vocabSize, targetVocabSize: vocabSize, frequency };
    if (isAborted()) break;
  }
  return training.merges;
}

function pairKey([left, right]: MergePair): number {
  return left * 2 ** 26 + right;
}
