import { describeValue } from '../describe-value.ts';
import { createRandomSource } from '../random-source.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { buildEntries } from './build-entries.ts';
import { ClassifierMemory } from './classifier-memory.ts';
import {
  type ClassifierRun,
  type ClassifierSettings,
  checkClassifierRun,
  resolveClassifierSettings,
  type TrainClassifierOptions,
} from './classifier-options.ts';
import { type ExampleBlock, startClassifierThreads } from './classifier-threads.ts';
import { FastTextDictionary } from './dictionary.ts';
import { type EncodedCorpus, encodeCorpus } from './encode-corpus.ts';
import { FastTextModel } from './fasttext-model.ts';
import type { LabeledTexts } from './labeled-texts.ts';
import { DenseMatrix } from './row-matrix.ts';
import { readTokens } from './token-corpus.ts';

/** What training tells, in order. */
export type ClassifierTrainingEvent =
  | {
      readonly type: 'training-start';
      readonly words: number;
      readonly labels: number;
      /** Those with a word and a label; the others teach nothing. */
      readonly examples: number;
      readonly workers: number;
    }
  | (ClassifierProgress & { readonly type: 'progress-update' | 'epoch-end' })
  | {
      readonly type: 'checkpoint-end';
      /** Epochs that are over. */
      readonly epoch: number;
      /** A copy, from which training goes on: see {@link ClassifierStart}. */
      readonly model: FastTextModel;
    }
  | {
      readonly type: 'training-end';
      readonly reason: 'finished' | 'aborted';
      readonly model: FastTextModel;
    };

/** Where training is. */
export interface ClassifierProgress {
  /** Counted from 1. */
  readonly epoch: number;
  /** Examples trained on in all epochs so far. */
  readonly examples: number;
  readonly totalExamples: number;
  readonly examplesPerSecond: number;
  /** Nats per example, the mean since the last event of this type. NaN if there was none. */
  readonly loss: number;
  readonly learningRate: number;
}

/** What training goes on from. */
export interface ClassifierStart {
  /** Of `checkpoint-end`, of the same examples and options; not quantized. */
  readonly model: FastTextModel;
  /** Epochs that are over. Default 0. */
  readonly epoch?: number;
}

/**
 * Trains a classifier of texts: the mean of vectors of words, word n-grams and character n-grams, and a linear layer over it, as fastText's
 * `supervised` does.
 *
 * Departs from fastText in that each epoch has an order of its own, that the learning rate falls with examples, not with tokens, and that n-grams
 * that no example has stay zero. With one worker the result depends on the seed alone.
 *
 * @param examples lines as fastText's files have them, or texts and their labels; read once
 * @throws {TypeError | RangeError} if an example or an option is none
 * @see Joulin et al. 2017, "Bag of tricks for efficient text classification"
 * @example
 * for await (const event of trainClassifier(lines, { epochs: 25, learningRate: 0.5, wordNgrams: 2 })) {
 *   if (event.type === 'training-end') console.log(event.model.predict('a fine day'));
 * }
 */
export async function* trainClassifier(
  examples: LabeledTexts,
  options: TrainClassifierOptions & { readonly start?: ClassifierStart } = {},
): AsyncGenerator<ClassifierTrainingEvent, void, void> {
  const caller = 'trainClassifier';
  const settings = resolveClassifierSettings(options, caller);
  checkClassifierRun(options, caller);
  const { pretrained, start, signal } = options;
  if (pretrained && pretrained.size !== settings.size) {
    throw new RangeError(
      `${caller}: size must be that of pretrained, ${pretrained.size}, got ${settings.size}.`,
    );
  }
  const tokens = await readTokens(examples, settings.labelPrefix, caller, signal);
  const entries = start?.model.dictionary.entries ?? buildEntries(tokens, { ...settings, pretrained });
  if (entries.offsets.length - 1 === entries.wordCount) {
    throw new RangeError(
      `${caller}: examples must have labels, which begin with ${settings.labelPrefix} in lines, got none in ${tokens.lineStarts.length - 1} examples.`,
    );
  }
  const dictionary = start?.model.dictionary ?? new FastTextDictionary(entries, settings);
  const corpus = encodeCorpus(tokens, entries, settings);
  yield* trainOnCorpus({ caller, settings, dictionary, corpus, pretrained, start, run: options });
}

/** What is trained on what. */
export interface ClassifierTask {
  readonly caller: string;
  readonly settings: ClassifierSettings;
  readonly dictionary: FastTextDictionary;
  readonly corpus: EncodedCorpus;
  readonly pretrained?: WordVectors | undefined;
  readonly start?: ClassifierStart | undefined;
  readonly run: ClassifierRun;
}

/** Trains on examples that are encoded. */
export async function* trainOnCorpus(
  task: ClassifierTask,
): AsyncGenerator<ClassifierTrainingEvent, void, void> {
  const { caller, settings, dictionary, corpus, run } = task;
  const { workers = 1, signal, checkpointEvery, progressInterval = 500 } = run;
  const examples = corpus.rowStarts.length - 1;
  const firstEpoch = task.start?.epoch ?? 0;
  if (!(Number.isInteger(firstEpoch) && firstEpoch >= 0 && firstEpoch <= settings.epochs)) {
    throw new RangeError(
      `${caller}: start.epoch must be from 0 to ${settings.epochs}, got ${describeValue(firstEpoch)}.`,
    );
  }
  const modelRows = dictionary.wordCount + settings.bucket;
  if (modelRows * settings.size >= 2 ** 32) {
    throw new RangeError(
      `${caller}: a model must have fewer than 2 ** 32 numbers, got ${modelRows} rows of ${settings.size}. Lower size or bucket.`,
    );
  }
  const memory = new ClassifierMemory({
    caller,
    settings,
    corpus,
    inputRows: dictionary.wordCount + corpus.buckets.length,
    labelCounts: dictionary.labelCounts,
    threads: workers,
  });
  fillTables(memory, task);
  const threads = await startClassifierThreads(memory, workers, settings.seed, caller);
  try {
    yield {
      type: 'training-start',
      words: dictionary.wordCount,
      labels: dictionary.labelCount,
      examples,
      workers,
    };
    const total = examples * settings.epochs;
    const slope = settings.learningRate / Math.max(1, total);
    const blocks = blocksOf(corpus, dictionary.labelCount, settings);
    const begin = performance.now();
    let trained = firstEpoch * examples;
    let told = begin;
    const sums = { interval: new MeanLoss(), epoch: new MeanLoss() };
    const progress = (epoch: number, loss: MeanLoss): ClassifierProgress => ({
      epoch,
      examples: trained,
      totalExamples: total,
      examplesPerSecond:
        ((trained - firstEpoch * examples) * 1000) / Math.max(1e-3, performance.now() - begin),
      loss: loss.take(),
      learningRate: Math.max(0, settings.learningRate - slope * trained),
    });
    for (let epoch = firstEpoch; epoch < settings.epochs && !signal?.aborted; epoch++) {
      orderExamples(memory.order, settings, epoch);
      const tasks = function* (): Generator<ExampleBlock> {
        for (const [index, [first, last]] of blocks.entries()) {
          if (signal?.aborted) return;
          const learningRate = settings.learningRate - slope * (epoch * examples + first);
          yield { first, last, number: epoch * blocks.length + index, learningRate, slope };
        }
      };
      const finish = (report: { loss: number; examples: number }): void => {
        trained += report.examples;
        sums.interval.add(report);
        sums.epoch.add(report);
      };
      for await (const _ of threads.run(tasks(), finish)) {
        if (performance.now() - told < progressInterval) continue;
        told = performance.now();
        yield { type: 'progress-update', ...progress(epoch + 1, sums.interval) };
      }
      if (signal?.aborted) break;
      yield { type: 'epoch-end', ...progress(epoch + 1, sums.epoch) };
      const done = epoch + 1;
      if (checkpointEvery && done % checkpointEvery === 0 && done < settings.epochs) {
        yield { type: 'checkpoint-end', epoch: done, model: modelOf(memory, task) };
      }
    }
  } finally {
    threads.close();
  }
  yield {
    type: 'training-end',
    reason: signal?.aborted ? 'aborted' : 'finished',
    model: modelOf(memory, task),
  };
}

class MeanLoss {
  #sum = 0;
  #examples = 0;

  add({ loss, examples }: { loss: number; examples: number }): void {
    this.#sum += loss;
    this.#examples += examples;
  }

  /** Begins anew. */
  take(): number {
    const mean = this.#sum / this.#examples;
    this.#sum = 0;
    this.#examples = 0;
    return mean;
  }
}

/** Rows of a block, those of labels too, times their numbers: some milliseconds of work. */
const BLOCK_NUMBERS = 2 ** 21;

function blocksOf(
  { rowStarts }: EncodedCorpus,
  labelCount: number,
  { size, loss, negative }: ClassifierSettings,
): (readonly [first: number, last: number])[] {
  const examples = rowStarts.length - 1;
  const outputs =
    { softmax: labelCount, ova: labelCount, ns: negative + 1, hs: Math.log2(labelCount + 1) }[loss] + 1;
  const rows = examples > 0 ? rowStarts[examples]! / examples : 0;
  const length = Math.max(1, Math.ceil(BLOCK_NUMBERS / (size * (rows + outputs))));
  return Array.from({ length: Math.ceil(examples / length) }, (_, block) => [
    block * length,
    Math.min(examples, (block + 1) * length),
  ]);
}

/** Fisher and Yates's, from the seed and the epoch. */
function orderExamples(order: Uint32Array, { shuffle, seed }: ClassifierSettings, epoch: number): void {
  for (let at = 0; at < order.length; at++) order[at] = at;
  if (!shuffle) return;
  const random = createRandomSource(Math.imul(seed, 0x9e3779b1) ^ (epoch + 1));
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
}

/** Inputs are drawn from ±1/size, outputs are zero. */
function fillTables(
  memory: ClassifierMemory,
  { caller, settings, dictionary, corpus, pretrained, start }: ClassifierTask,
): void {
  const { wordCount, labelCount } = dictionary;
  const rows = wordCount + corpus.buckets.length;
  if (start) {
    const [input, output] = [start.model.input, start.model.output];
    if (!(input instanceof DenseMatrix && output instanceof DenseMatrix) || input.size !== settings.size) {
      throw new TypeError(
        `${caller}: start.model must not be quantized, and have vectors of ${settings.size} numbers.`,
      );
    }
    for (let row = 0; row < rows; row++) {
      memory.row('inputs', row).set(rowOf(input, originalRow(row, wordCount, corpus)));
    }
    for (let row = 0; row < labelCount; row++) memory.row('outputs', row).set(rowOf(output, row));
    return;
  }
  const random = createRandomSource(settings.seed);
  for (let row = 0; row < rows; row++) {
    const target = memory.row('inputs', row);
    for (let at = 0; at < target.length; at++) target[at] = (2 * random() - 1) / settings.size;
  }
  if (pretrained) {
    for (const [row, word] of dictionary.words.entries()) {
      if (pretrained.has(word)) memory.row('inputs', row).set(pretrained.vectorOf(word));
    }
  }
}

function originalRow(row: number, wordCount: number, { buckets }: EncodedCorpus): number {
  return row < wordCount ? row : wordCount + buckets[row - wordCount]!;
}

/** A copy of what has been learned. */
function modelOf(
  memory: ClassifierMemory,
  { settings, dictionary, corpus, start }: ClassifierTask,
): FastTextModel {
  const { wordCount, labelCount, entries } = dictionary;
  const { size } = settings;
  const inputRows = wordCount + (entries.keptBuckets?.size ?? settings.bucket);
  const initial = start?.model.input;
  const inputs = initial instanceof DenseMatrix ? initial.values.slice() : new Float32Array(inputRows * size);
  for (let row = 0; row < wordCount + corpus.buckets.length; row++) {
    inputs.set(memory.row('inputs', row), originalRow(row, wordCount, corpus) * size);
  }
  const outputs = new Float32Array(labelCount * size);
  for (let row = 0; row < labelCount; row++) outputs.set(memory.row('outputs', row), row * size);
  return new FastTextModel(
    {
      dim: size,
      ws: 5,
      epoch: settings.epochs,
      minCount: settings.minCount,
      neg: settings.negative,
      wordNgrams: settings.wordNgrams,
      loss: settings.loss,
      model: 'supervised',
      bucket: settings.bucket,
      minn: settings.minn,
      maxn: settings.maxn,
      lrUpdateRate: 100,
      t: 1e-4,
    },
    dictionary,
    new DenseMatrix(inputs, inputRows, size),
    new DenseMatrix(outputs, labelCount, size),
  );
}

function rowOf({ values, size }: DenseMatrix, row: number): Float32Array {
  return values.subarray(row * size, (row + 1) * size);
}
