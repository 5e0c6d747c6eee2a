import { huffmanPaths } from '../vocabulary/huffman-tree.ts';
import { countWords } from '../vocabulary/id-blocks.ts';
import {
  aliasTable,
  drawLimits,
  keepProbabilities,
  negativeProbabilities,
} from '../vocabulary/sampling-tables.ts';
import { subwordRows } from './subword-rows.ts';
import { type KernelPlan, TrainingMemory } from './training-memory.ts';
import { startThreads } from './training-threads.ts';
import type { TrainingProgress, WordTrainingEvent } from './word-training-events.ts';
import type { TrainingRun } from './word-training-options.ts';
import { WordVectorModel, wordVectorsOf } from './word-vector-model.ts';

/** A corpus in rows, from its start at each call. */
export type BlockSource = () => Iterable<Int32Array> | AsyncIterable<Int32Array>;

/** Trains a model from its position to the end. */
export async function* runWordTraining(
  start: WordVectorModel,
  source: BlockSource,
  run: TrainingRun,
  caller: string,
): AsyncGenerator<WordTrainingEvent, void, void> {
  const { workers = 1, signal, progressInterval = 500 } = run;
  const { settings, vocabulary } = start;
  const memory = new TrainingMemory(planOf(start, workers, caller));
  memory.write('inputs', start.inputTable);
  memory.write('outputs', start.outputTable);
  const threads = await startThreads(memory, {
    count: workers,
    inLockStep: settings.deterministic,
    seed: settings.seed,
    caller,
  });
  const position = { ...start.position };
  const { totalWords } = position;
  const wordsAtStart = position.words;
  const startTime = performance.now();
  const range = settings.learningRate - settings.minLearningRate;
  const slope = range / totalWords;
  const rateAt = (words: number): number =>
    Math.max(settings.minLearningRate, settings.learningRate - slope * words);
  const tally = { update: new LossTally(), epoch: new LossTally() };
  const progress = (loss: LossTally): TrainingProgress => ({
    epoch: Math.min(position.epoch + 1, settings.epochs),
    words: position.words,
    totalWords,
    wordsPerSecond: ((position.words - wordsAtStart) / (performance.now() - startTime)) * 1000,
    loss: loss.take(),
    learningRate: rateAt(position.words),
  });
  const model = (): WordVectorModel =>
    new WordVectorModel({
      vocabulary,
      inputTable: memory.read('inputs'),
      outputTable: memory.read('outputs'),
      settings,
      position: { ...position },
    });
  const evaluation = async (): Promise<WordTrainingEvent> => {
    const vectors = wordVectorsOf(vocabulary, memory.read('inputs'), settings);
    const result = await run.evaluate!(vectors);
    return {
      type: 'evaluation-end',
      epoch: progressEpoch(position, settings.epochs),
      words: position.words,
      result,
    };
  };
  try {
    yield { type: 'training-start', vocabulary, totalWords, workers };
    let updateTime = startTime;
    let nextEvaluation = nextMultiple(position.words, run.evaluateEvery);
    let nextCheckpoint = nextMultiple(position.words, run.checkpointEvery);
    while (position.epoch < settings.epochs) {
      let block = 0;
      const skipped = position.blocksOfEpoch;
      for await (const ids of source()) {
        if (block++ < skipped) continue;
        if (signal?.aborted) break;
        const task = {
          ids,
          number: position.blocks,
          learningRate: rateAt(position.words),
          slope,
          minLearningRate: settings.minLearningRate,
        };
        await threads.train(task, (report) => {
          tally.update.add(report.loss, report.predictions);
          tally.epoch.add(report.loss, report.predictions);
        });
        position.blocks++;
        position.blocksOfEpoch++;
        position.words += countWords(ids);
        const now = performance.now();
        if (now - updateTime >= progressInterval) {
          updateTime = now;
          requireFinite(tally.epoch, settings.learningRate, caller);
          yield { type: 'progress-update', ...progress(tally.update) };
        }
        if (run.evaluate && position.words >= nextEvaluation) {
          nextEvaluation = nextMultiple(position.words, run.evaluateEvery);
          await threads.drain();
          yield await evaluation();
        }
        if (position.words >= nextCheckpoint) {
          nextCheckpoint = nextMultiple(position.words, run.checkpointEvery);
          await threads.drain();
          yield { type: 'checkpoint-end', model: model() };
        }
      }
      await threads.drain();
      requireFinite(tally.epoch, settings.learningRate, caller);
      if (block < skipped) {
        throw new RangeError(
          `${caller}: the corpus must be the one that training began with, which has at least ${skipped} blocks, got ${block}.`,
        );
      }
      if (signal?.aborted) {
        yield { type: 'training-end', reason: 'aborted', model: model() };
        return;
      }
      const ended = progress(tally.epoch);
      position.epoch++;
      position.blocksOfEpoch = 0;
      yield { type: 'epoch-end', ...ended };
      if (run.evaluate) yield await evaluation();
    }
    yield { type: 'training-end', reason: 'finished', model: model() };
  } finally {
    threads.close();
  }
}

/** Losses since they were last taken. */
class LossTally {
  loss = 0;
  #predictions = 0;

  add(loss: number, predictions: number): void {
    this.loss += loss;
    this.#predictions += predictions;
  }

  /** Their mean. */
  take(): number {
    const mean = this.loss / this.#predictions;
    this.loss = 0;
    this.#predictions = 0;
    return mean;
  }
}

function planOf(
  { vocabulary, settings, inputTable, outputTable }: WordVectorModel,
  threads: number,
  caller: string,
): KernelPlan {
  const { architecture, loss, negative, cbowMean, cbowGradient, deterministic } = settings;
  const { counts } = vocabulary;
  const isTree = loss === 'hierarchical-softmax';
  const isBag = architecture === 'cbow';
  const probabilities = negativeProbabilities(counts, settings.exponent);
  return {
    caller,
    architecture: isBag ? 'bag' : 'skip-gram',
    size: settings.size,
    inputRows: inputTable.length / settings.size,
    outputRows: outputTable.length / settings.size,
    documentRows: 0,
    keepLimits: drawLimits(keepProbabilities(counts, settings.sample)),
    negativeTable: aliasTable(probabilities),
    paths: isTree ? huffmanPaths(counts) : undefined,
    rowLists: settings.subwords && subwordRows(vocabulary.words, settings.subwords),
    window: settings.window,
    shrinksWindow: settings.shrinkWindow,
    negative,
    isMean: cbowMean,
    sharesGradient: isBag && (cbowGradient === 'exact') === cbowMean,
    movesWords: true,
    movesOutputs: true,
    threads,
    batchGroups: deterministic ? batchGroups(isTree ? 1 : negative * Math.max(...probabilities)) : 0,
  };
}

/**
 * How many groups may be scored before any of them moves: as many as draw the most frequent output some dozen times, since more steps from one
 * score would overshoot.
 *
 * @param rate how often a group has that output
 */
function batchGroups(rate: number): number {
  return Math.max(1, Math.min(MOST_BATCH_GROUPS, Math.floor(MOST_REPEATS / rate)));
}

const MOST_BATCH_GROUPS = 256;
const MOST_REPEATS = 16;

function progressEpoch({ epoch }: { epoch: number }, epochs: number): number {
  return Math.min(epoch + 1, epochs);
}

function nextMultiple(words: number, every: number | undefined): number {
  return every === undefined ? Number.POSITIVE_INFINITY : (Math.floor(words / every) + 1) * every;
}

function requireFinite({ loss }: LossTally, learningRate: number, caller: string): void {
  if (Number.isFinite(loss)) return;
  throw new RangeError(
    `${caller}: the loss must stay finite, got ${loss}. Lower learningRate = ${learningRate}.`,
  );
}
