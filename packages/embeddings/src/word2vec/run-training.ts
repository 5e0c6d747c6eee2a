import type { WordVectors } from '../vectors/word-vectors.ts';
import { countWords } from '../vocabulary/id-blocks.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { type KernelPlan, TrainingMemory } from './training-memory.ts';
import { startThreads } from './training-threads.ts';
import type { TrainingEvent, TrainingProgress } from './word-training-events.ts';
import type { TrainingRun } from './word-training-options.ts';
import type { TrainingPosition } from './word-vector-model.ts';

/** A corpus in rows, from its start at each call. */
export type BlockSource = () => Iterable<Int32Array> | AsyncIterable<Int32Array>;

/** What is to be trained, from a position to the end. */
export interface TrainingJob<Model> {
  readonly plan: KernelPlan;
  readonly inputTable: Float32Array;
  readonly outputTable: Float32Array;
  readonly documentTable?: Float32Array;
  readonly vocabulary: Vocabulary;
  readonly settings: {
    readonly epochs: number;
    readonly learningRate: number;
    readonly minLearningRate: number;
    readonly seed: number;
    readonly deterministic: boolean;
  };
  readonly position: TrainingPosition;
  readonly source: BlockSource;
  /** A copy of what is in memory. */
  readonly copyModel: (memory: TrainingMemory, position: TrainingPosition) => Model;
  /** Of what is in memory, for evaluation. */
  readonly copyVectors: (memory: TrainingMemory) => WordVectors;
}

/** Trains to the end. */
export async function* runTraining<Model>(
  job: TrainingJob<Model>,
  run: TrainingRun,
): AsyncGenerator<TrainingEvent<Model>, void, void> {
  const { workers = 1, signal, progressInterval = 500 } = run;
  const { settings, vocabulary } = job;
  const { caller } = job.plan;
  const memory = new TrainingMemory(job.plan);
  memory.write('inputs', job.inputTable);
  memory.write('outputs', job.outputTable);
  if (job.documentTable) memory.write('documents', job.documentTable);
  const position = { ...job.position };
  const { totalWords } = position;
  const wordsAtStart = position.words;
  const slope = (settings.learningRate - settings.minLearningRate) / totalWords;
  const rateAt = (words: number): number =>
    Math.max(settings.minLearningRate, settings.learningRate - slope * words);
  const threads = await startThreads(memory, {
    count: workers,
    inLockStep: settings.deterministic,
    seed: settings.seed,
    caller,
  });
  const startTime = performance.now();
  const tally = { update: new LossTally(), epoch: new LossTally() };
  const epoch = (): number => Math.min(position.epoch + 1, settings.epochs);
  const progress = (loss: LossTally): TrainingProgress => ({
    epoch: epoch(),
    words: position.words,
    totalWords,
    wordsPerSecond: ((position.words - wordsAtStart) / (performance.now() - startTime)) * 1000,
    loss: loss.take(),
    learningRate: rateAt(position.words),
  });
  const model = (): Model => job.copyModel(memory, { ...position });
  const evaluation = async (): Promise<TrainingEvent<Model>> => {
    const [evaluated, words] = [epoch(), position.words];
    const result = await run.evaluate!(job.copyVectors(memory));
    return { type: 'evaluation-end', epoch: evaluated, words, result };
  };
  try {
    yield { type: 'training-start', vocabulary, totalWords, workers };
    let updateTime = startTime;
    let nextEvaluation = nextMultiple(position.words, run.evaluateEvery);
    let nextCheckpoint = nextMultiple(position.words, run.checkpointEvery);
    while (position.epoch < settings.epochs) {
      let block = 0;
      const skipped = position.blocksOfEpoch;
      for await (const ids of job.source()) {
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
      const score = run.evaluate ? await evaluation() : undefined;
      position.epoch++;
      position.blocksOfEpoch = 0;
      yield { type: 'epoch-end', ...ended };
      if (score) yield score;
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

/**
 * How many groups may be scored before any of them moves: as many as draw the most frequent output some dozen times, since more steps from one
 * score would overshoot.
 *
 * @param rate how often a group has that output
 */
export function batchGroupsOf(rate: number): number {
  return Math.max(1, Math.min(MOST_BATCH_GROUPS, Math.floor(MOST_REPEATS / rate)));
}

const MOST_BATCH_GROUPS = 256;
const MOST_REPEATS = 16;

function nextMultiple(words: number, every: number | undefined): number {
  return every === undefined ? Number.POSITIVE_INFINITY : (Math.floor(words / every) + 1) * every;
}

function requireFinite({ loss }: LossTally, learningRate: number, caller: string): void {
  if (Number.isFinite(loss)) return;
  throw new RangeError(
    `${caller}: the loss must stay finite, got ${loss}. Lower learningRate = ${learningRate}.`,
  );
}
