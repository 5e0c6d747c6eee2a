import { WordVectors } from '../vectors/word-vectors.ts';
import type { Sentences } from '../vocabulary/sentences.ts';
import { selectWords, type VocabularyOptions } from '../vocabulary/vocabulary.ts';
import { drawVectors, outputRows } from '../word2vec/initial-tables.ts';
import { openCorpus, startOf } from '../word2vec/open-corpus.ts';
import { type BlockSource, runTraining } from '../word2vec/run-training.ts';
import { outputPlan } from '../word2vec/run-word-training.ts';
import { type KernelPlan, requireRoom } from '../word2vec/training-memory.ts';
import type { TrainingEvent } from '../word2vec/word-training-events.ts';
import { checkFor, checkRun, resolveSettings, type TrainingRun } from '../word2vec/word-training-options.ts';
import { type ParagraphTrainingSettings, ParagraphVectorModel } from './paragraph-vector-model.ts';

/** Options of {@link trainParagraphVectors}: those of word vectors but for `architecture`, and 10 epochs by default. */
export interface TrainParagraphVectorsOptions
  extends Partial<ParagraphTrainingSettings>,
    VocabularyOptions,
    TrainingRun {}

/** What training paragraph vectors tells, in order. */
export type ParagraphTrainingEvent = TrainingEvent<ParagraphVectorModel>;

/**
 * Trains vectors of documents, and of words with them (doc2vec).
 *
 * @param documents their words, or texts: what `trainWordVectors` takes as sentences
 * @returns events; the last one, `training-end`, has the model
 * @throws as `trainWordVectors`
 * @see Le and Mikolov 2014, "Distributed representations of sentences and documents"; gensim's Doc2Vec, with the mean of vectors in PV-DM
 * @example
 * for await (const event of trainParagraphVectors(articles, { size: 50, epochs: 40 })) {
 *   if (event.type === 'training-end') model = event.model;
 * }
 * mostSimilar(model.documentVectors(titles), [await inferParagraphVector(model, query)]);
 */
export async function* trainParagraphVectors(
  documents: Sentences,
  options: TrainParagraphVectorsOptions = {},
): AsyncGenerator<ParagraphTrainingEvent, void, void> {
  const caller = 'trainParagraphVectors';
  const { architecture = 'distributed-memory', epochs = 10, ...rest } = options;
  checkFor(caller).oneOf('architecture', architecture, ['distributed-memory', 'bag-of-words']);
  const settings: ParagraphTrainingSettings = {
    ...resolveSettings({ ...rest, epochs, subwords: undefined }, caller),
    architecture,
  };
  checkRun(options, caller);
  const corpus = await openCorpus(documents, caller, options, (words, counts) =>
    selectWords(words, counts, options),
  );
  const { vocabulary } = corpus;
  if (vocabulary.words.length === 0) {
    throw new RangeError(
      `${caller}: some words must be in the documents at least minCount = ${options.minCount ?? 5} times, got none. Lower minCount.`,
    );
  }
  const { size, seed } = settings;
  const words = vocabulary.words.length;
  const outputs = outputRows(vocabulary, settings);
  requireRoom(caller, words + outputs + corpus.sentences, size);
  const draw = (rows: number, stream: number): Float32Array<ArrayBuffer> =>
    drawVectors(new Float32Array(rows * size), 0, { size, seed: seed + stream, subwords: undefined });
  const model = new ParagraphVectorModel({
    vocabulary,
    documentTable: draw(corpus.sentences, DOCUMENT_STREAM),
    inputTable: draw(words, 0),
    outputTable: new Float32Array(outputs * size),
    settings,
    position: startOf(corpus.words * settings.epochs),
  });
  yield* run(model, corpus.source, options, caller);
}

/** Goes on where a checkpoint or an aborted training stands, as `resumeWordVectors`. */
export async function* resumeParagraphVectors(
  model: ParagraphVectorModel,
  documents: Sentences,
  options: TrainingRun = {},
): AsyncGenerator<ParagraphTrainingEvent, void, void> {
  const caller = 'resumeParagraphVectors';
  checkRun(options, caller);
  const { source, sentences } = await openCorpus(documents, caller, options, (words) => ({
    vocabulary: model.vocabulary,
    rows: Int32Array.from(words, (word) => model.vocabulary.rowOf(word) ?? -1),
  }));
  const expected = model.documentTable.length / model.settings.size;
  if (sentences !== expected) {
    throw new RangeError(
      `${caller}: the documents must be those that training began with, ${expected}, got ${sentences}.`,
    );
  }
  yield* run(model, source, options, caller);
}

/** What the kernel does with documents. */
export function paragraphPlan(
  { vocabulary, settings, outputTable }: ParagraphVectorModel,
  {
    caller,
    documentRows,
    moves,
    threads,
  }: { caller: string; documentRows: number; moves: boolean; threads: number },
): KernelPlan {
  const outputs = outputPlan(vocabulary, settings);
  return {
    ...outputs,
    caller,
    architecture: settings.architecture === 'distributed-memory' ? 'bag' : 'document',
    size: settings.size,
    inputRows: vocabulary.words.length,
    outputRows: outputTable.length / settings.size,
    documentRows,
    rowLists: undefined,
    window: settings.window,
    shrinksWindow: settings.shrinkWindow,
    isMean: true,
    sharesGradient: false,
    movesWords: moves,
    movesOutputs: moves,
    threads,
    // All words of a document move one row, with all their outputs.
    batchGroups: Math.min(outputs.batchGroups, DOCUMENT_BATCH_GROUPS),
  };
}

function run(
  model: ParagraphVectorModel,
  source: BlockSource,
  options: TrainingRun,
  caller: string,
): AsyncGenerator<ParagraphTrainingEvent, void, void> {
  const { vocabulary, settings, documentTable } = model;
  const documentRows = documentTable.length / settings.size;
  return runTraining(
    {
      plan: paragraphPlan(model, { caller, documentRows, moves: true, threads: options.workers ?? 1 }),
      inputTable: model.vectors.table,
      outputTable: model.outputTable,
      documentTable,
      vocabulary,
      settings,
      position: model.position,
      source,
      copyModel: (memory, position) =>
        new ParagraphVectorModel({
          vocabulary,
          documentTable: memory.read('documents'),
          inputTable: memory.read('inputs'),
          outputTable: memory.read('outputs'),
          settings,
          position,
        }),
      copyVectors: (memory) => new WordVectors(vocabulary.words, memory.read('inputs'), settings.size),
    },
    options,
  );
}

/** What sets the draws of documents apart from those of words. */
const DOCUMENT_STREAM = 0x5bd1e995;

const DOCUMENT_BATCH_GROUPS = 4;
