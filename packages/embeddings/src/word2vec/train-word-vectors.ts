import type { Sentences } from '../vocabulary/sentences.ts';
import {
  growVocabulary,
  selectWords,
  type Vocabulary,
  type VocabularyOptions,
} from '../vocabulary/vocabulary.ts';
import { drawVectors, outputRows } from './initial-tables.ts';
import { openCorpus, startOf } from './open-corpus.ts';
import { runWordTraining } from './run-word-training.ts';
import { requireRoom } from './training-memory.ts';
import type { WordTrainingEvent } from './word-training-events.ts';
import {
  checkRun,
  resolveSettings,
  type TrainingRun,
  type TrainWordVectorsOptions,
  type WordTrainingSettings,
} from './word-training-options.ts';
import { WordVectorModel } from './word-vector-model.ts';

/**
 * Trains word vectors: word2vec's skip-gram and CBOW, with negative sampling or hierarchical softmax, on all threads that `workers` says.
 *
 * @param corpus read once to count its words, then once for each epoch, or from memory if it fits `maxCachedWords`
 * @returns events; the last one, `training-end`, has the model, also when the signal was aborted
 * @throws {TypeError} if the corpus or a word is of the wrong type, or {RangeError} an option is out of range, or no word is frequent enough
 * @see Mikolov et al. 2013, "Distributed representations of words and phrases and their compositionality"; word2vec.c
 * @example
 * for await (const event of trainWordVectors(sentences, { size: 100, workers: 2 })) {
 *   if (event.type === 'progress-update') console.log(event.words, event.loss);
 *   if (event.type === 'training-end') vectors = event.model.vectors;
 * }
 */
export async function* trainWordVectors(
  corpus: Sentences,
  options: TrainWordVectorsOptions = {},
): AsyncGenerator<WordTrainingEvent, void, void> {
  const caller = 'trainWordVectors';
  const settings = resolveSettings(options, caller);
  checkRun(options, caller);
  const { vocabulary, source } = await openCorpus(corpus, caller, options, (words, counts) =>
    selectWords(words, counts, options),
  );
  if (vocabulary.words.length === 0) {
    throw new RangeError(
      `${caller}: some words must be in the corpus at least minCount = ${options.minCount ?? 5} times, got none. Lower minCount.`,
    );
  }
  const rows = inputRows(vocabulary, settings);
  requireRoom(caller, rows + outputRows(vocabulary, settings), settings.size);
  const model = new WordVectorModel({
    vocabulary,
    inputTable: drawVectors(new Float32Array(rows * settings.size), 0, settings),
    outputTable: new Float32Array(outputRows(vocabulary, settings) * settings.size),
    settings,
    position: startOf(vocabulary.total * settings.epochs),
  });
  yield* runWordTraining(model, source, options, caller);
}

/**
 * Goes on where a checkpoint or an aborted training stands: with one worker, or with `deterministic`, to the very numbers of a training that was
 * not interrupted.
 *
 * @param model  not changed
 * @param corpus the one that the model was being trained on
 */
export async function* resumeWordVectors(
  model: WordVectorModel,
  corpus: Sentences,
  run: TrainingRun = {},
): AsyncGenerator<WordTrainingEvent, void, void> {
  const caller = 'resumeWordVectors';
  checkRun(run, caller);
  const { source } = await openCorpus(corpus, caller, run, (words) => ({
    vocabulary: model.vocabulary,
    rows: Int32Array.from(words, (word) => model.vocabulary.rowOf(word) ?? -1),
  }));
  yield* runWordTraining(model, source, run, caller);
}

/** Options of {@link continueWordVectors}. */
export interface ContinueWordVectorsOptions
  extends Partial<Omit<WordTrainingSettings, 'size' | 'architecture' | 'loss' | 'subwords'>>,
    VocabularyOptions,
    TrainingRun {
  /** Whether words that are frequent enough in the new corpus join the vocabulary. Default true. */
  readonly growVocabulary?: boolean;
}

/**
 * Trains a model on another corpus, in epochs and with a learning rate of its own.
 *
 * Counts are added up, so that rare words of one corpus count by both. New words start from drawn vectors. With hierarchical softmax the
 * tree is built anew from the new counts, as its inner nodes then mean something else: their vectors start from zero.
 *
 * @param model not changed
 * @param options what is left open is as the model was trained
 */
export async function* continueWordVectors(
  model: WordVectorModel,
  corpus: Sentences,
  options: ContinueWordVectorsOptions = {},
): AsyncGenerator<WordTrainingEvent, void, void> {
  const caller = 'continueWordVectors';
  const { size, architecture, loss, subwords } = model.settings;
  const settings = resolveSettings(
    { ...options, size, architecture, loss, subwords },
    caller,
    model.settings,
  );
  checkRun(options, caller);
  const grown = await openCorpus(corpus, caller, options, (words, counts) =>
    options.growVocabulary === false
      ? {
          vocabulary: model.vocabulary,
          rows: Int32Array.from(words, (word) => model.vocabulary.rowOf(word) ?? -1),
        }
      : growVocabulary(model.vocabulary, words, counts, options),
  );
  if (grown.words === 0) {
    throw new RangeError(`${caller}: the corpus must have words of the vocabulary, got none.`);
  }
  const { vocabulary } = grown;
  const rows = inputRows(vocabulary, settings);
  requireRoom(caller, rows + outputRows(vocabulary, settings), size);
  const known = model.vocabulary.words.length * size;
  const all = vocabulary.words.length * size;
  const inputTable = new Float32Array(rows * size);
  drawVectors(inputTable.subarray(0, all), known, settings);
  inputTable.set(model.inputTable.subarray(0, known));
  inputTable.set(model.inputTable.subarray(known), all); // those of n-grams
  const outputTable = new Float32Array(outputRows(vocabulary, settings) * size);
  if (loss === 'negative-sampling') outputTable.set(model.outputTable);
  const started = new WordVectorModel({
    vocabulary,
    inputTable,
    outputTable,
    settings,
    position: startOf(grown.words * settings.epochs),
  });
  yield* runWordTraining(started, grown.source, options, caller);
}

function inputRows(vocabulary: Vocabulary, { subwords }: WordTrainingSettings): number {
  return vocabulary.words.length + (subwords ? subwords.bucket : 0);
}
