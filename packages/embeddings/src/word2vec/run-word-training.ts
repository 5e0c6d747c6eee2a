import { huffmanPaths } from '../vocabulary/huffman-tree.ts';
import {
  aliasTable,
  drawLimits,
  keepProbabilities,
  negativeProbabilities,
} from '../vocabulary/sampling-tables.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { type BlockSource, batchGroupsOf, runTraining } from './run-training.ts';
import { subwordRows } from './subword-rows.ts';
import type { KernelPlan } from './training-memory.ts';
import type { WordTrainingEvent } from './word-training-events.ts';
import type { TrainingRun, WordTrainingSettings } from './word-training-options.ts';
import { WordVectorModel, wordVectorsOf } from './word-vector-model.ts';

/** Trains a model from its position to the end. */
export function runWordTraining(
  { vocabulary, settings, position, inputTable, outputTable }: WordVectorModel,
  source: BlockSource,
  run: TrainingRun,
  caller: string,
): AsyncGenerator<WordTrainingEvent, void, void> {
  const isBag = settings.architecture === 'cbow';
  const plan: KernelPlan = {
    ...outputPlan(vocabulary, settings),
    caller,
    architecture: isBag ? 'bag' : 'skip-gram',
    size: settings.size,
    inputRows: inputTable.length / settings.size,
    outputRows: outputTable.length / settings.size,
    documentRows: 0,
    rowLists: settings.subwords && subwordRows(vocabulary.words, settings.subwords),
    window: settings.window,
    shrinksWindow: settings.shrinkWindow,
    isMean: settings.cbowMean || !isBag,
    sharesGradient: isBag && (settings.cbowGradient === 'exact') === settings.cbowMean,
    movesWords: true,
    movesOutputs: true,
    threads: run.workers ?? 1,
  };
  return runTraining(
    {
      plan,
      inputTable,
      outputTable,
      vocabulary,
      settings,
      position,
      source,
      copyModel: (memory, reached) =>
        new WordVectorModel({
          vocabulary,
          inputTable: memory.read('inputs'),
          outputTable: memory.read('outputs'),
          settings,
          position: reached,
        }),
      copyVectors: (memory) => wordVectorsOf(vocabulary, memory.read('inputs'), settings),
    },
    run,
  );
}

/** What of a plan follows from counts: thinning, and how words are predicted. */
export function outputPlan(
  { counts }: Vocabulary,
  {
    loss,
    sample,
    negative,
    exponent,
    deterministic,
  }: Pick<WordTrainingSettings, 'loss' | 'sample' | 'negative' | 'exponent' | 'deterministic'>,
): Pick<KernelPlan, 'keepLimits' | 'negativeTable' | 'paths' | 'negative' | 'batchGroups'> {
  const isTree = loss === 'hierarchical-softmax';
  const probabilities = negativeProbabilities(counts, exponent);
  const most = probabilities.reduce((largest, p) => Math.max(largest, p), 0);
  return {
    keepLimits: drawLimits(keepProbabilities(counts, sample)),
    negativeTable: aliasTable(probabilities),
    paths: isTree ? huffmanPaths(counts) : undefined,
    negative,
    batchGroups: deterministic ? batchGroupsOf(isTree ? 1 : negative * most) : 0,
  };
}
