import { markForeignWords } from '../estimate-model.ts';
import { kneserNey } from '../smoothing/kneser-ney.ts';
import type { SharingPlan } from '../smoothing/sharing-rule.ts';
import { NgramVocabulary, SENTENCE_START } from '../vocabulary.ts';
import { BlockReader, BlockWriter, readNumbers, writeNumbers } from './block-file.ts';
import { CorpusWriter } from './corpus-writer.ts';
import { interpolatedName, runInterpolatePass } from './interpolate-pass.ts';
import type { RunMerger } from './merge-runs.ts';
import { corpusOfSentences, isNgramCorpus, type NgramCorpus } from './ngram-corpus.ts';
import { bitsFor, NgramPacking } from './ngram-packing.ts';
import { checkOptions, type OutOfCoreEvent, type TrainOutOfCoreOptions } from './out-of-core-options.ts';
import { Pause } from './pause.ts';
import { mergeRuns, type RecordSorter, writeRun } from './record-sorter.ts';
import { MemoryRunStorage, type RunStorage } from './run-storage.ts';
import { Scatter } from './scatter.ts';
import { backoffsName, ngramsName, probabilitiesName, runSharePass } from './share-pass.ts';
import { SortPool } from './sort-pool.ts';
import type { SortedRecords } from './sort-work.ts';
import { StoredNgrams } from './stored-ngrams.ts';
import { countedFormat, parentsName, runSuffixOrderPass } from './suffix-order-pass.ts';
import {
  gaps,
  loadProgress,
  PROGRESS_NAME,
  readText,
  saveProgress,
  type TrainingProgress,
  writeText,
} from './training-progress.ts';
import { digest } from './word-digest.ts';

const MEBIBYTE = 2 ** 20;
/** What a run time takes for itself. */
const BASE_MEMORY = 80 * MEBIBYTE;
const WORKER_MEMORY = 40 * MEBIBYTE;
/** Counts are 32-bit numbers. */
const MOST_TOKENS = 2 ** 32 - 1;
const MOST_NGRAMS = 2 ** 31;
const MOST_CHUNK = 2 ** 24;
const LEAST_CHUNK = 2 ** 16;
const CORPUS = 'corpus.ids';
const WORDS = 'words.json';
const UNIGRAMS = 'unigrams';

/**
 * Estimates a model of a corpus that memory has no room for, as a chain of passes over files that are read and written from beginning to end:
 *
 * 1. the corpus is read, and its words become ids;
 * 2. stretches of it are counted and sorted, in workers if there are any;
 * 3. the runs are merged in suffix order, and n-grams of all orders counted, by occurrences or contexts;
 * 4. for each order, n-grams are sorted by their words, counts become shares, and shares are interpolated with the order below.
 *
 * The numbers are those of `trainNgramModel`, to the last bit. Methods that look at one context at a time can be estimated so: Kneser-Ney and absolute
 * discounting, interpolated; Witten-Bell; maximum likelihood; stupid back-off.
 *
 * @param corpus sentences, or a corpus of {@link corpusOfIds}, or in Node of files
 * @returns events; the last one is `training-end`, and holds the n-grams unless the training was aborted
 * @throws {RangeError} if there is no word, or an option is out of range; what the corpus and the storage throw
 * @see Heafield, Pouzyrevsky, Clark and Koehn 2013
 * @example
 * for await (const event of trainNgramsOutOfCore(sentences, { order: 5, memoryLimit: 2 ** 30, storage })) {
 *   if (event.type === 'training-end' && event.reason === 'finished') model = await event.ngrams.toModel();
 * }
 */
export async function* trainNgramsOutOfCore(
  corpus: Iterable<Iterable<string>> | AsyncIterable<Iterable<string>> | NgramCorpus,
  options: TrainOutOfCoreOptions,
): AsyncGenerator<OutOfCoreEvent, void, void> {
  const plan = checkOptions(options);
  const { workers = 0, startWorker, signal } = options;
  const pool = new SortPool(workers, startWorker);
  const training = new Training(
    isNgramCorpus(corpus) ? corpus : corpusOfSentences(corpus),
    plan,
    pool,
    options,
  );
  const pause = new Pause();
  let last: ProgressEvent | undefined;
  try {
    const steps = training.run();
    for (;;) {
      if (signal?.aborted) {
        await steps.return(undefined as never);
        yield { type: 'training-end', reason: 'aborted' };
        return;
      }
      const step = await steps.next();
      if (step.done) {
        yield { type: 'training-end', reason: 'finished', ngrams: step.value };
        return;
      }
      const { stage, order } = step.value;
      if (pause.isDue() || stage !== last?.stage || order !== last.order) {
        last = step.value;
        yield step.value;
        await pause.take();
      }
    }
  } finally {
    pool.close();
  }
}

type ProgressEvent = OutOfCoreEvent & { readonly type: 'progress' };
type Steps<T> = AsyncGenerator<ProgressEvent, T>;

class Training {
  readonly #corpus: NgramCorpus;
  readonly #plan: SharingPlan;
  readonly #pool: SortPool;
  readonly #options: TrainOutOfCoreOptions;
  readonly #storage: RunStorage;
  readonly #isDurable: boolean;
  #progress!: TrainingProgress;
  #saving: Promise<void> = Promise.resolve();
  #vocabulary!: NgramVocabulary;
  #sorters: readonly RecordSorter[] | undefined;

  constructor(corpus: NgramCorpus, plan: SharingPlan, pool: SortPool, options: TrainOutOfCoreOptions) {
    this.#corpus = corpus;
    this.#plan = plan;
    this.#pool = pool;
    this.#options = options;
    this.#storage = options.storage ?? new MemoryRunStorage();
    this.#isDurable = options.resumes ?? (options.storage !== undefined && corpus.identity !== undefined);
  }

  async *run(): Steps<StoredNgrams> {
    const task = this.#task();
    this.#progress = this.#isDurable
      ? await loadProgress(this.#storage, task)
      : { format: 1, task, corpus: null, counted: [], orders: null, finished: [] };
    // Whoever goes on from this storage later must not take the old progress for that of the new files.
    if (!this.#isDurable) await this.#storage.remove(PROGRESS_NAME);
    if (!this.#progress.corpus) yield* this.#read();
    this.#vocabulary ??= new NgramVocabulary(
      JSON.parse((await readText(this.#storage, WORDS)).text) as readonly string[],
    );
    if (!this.#progress.orders) {
      yield* this.#count();
      yield* this.#merge();
    }
    const { rules, fallbacks } = this.#plan.rules(this.#progress.orders!.countsOfCounts);
    for (const fallback of fallbacks) this.#options.onFallback?.(fallback);
    let rootLogBackoff = 0;
    if (this.#plan.fixedBackoff !== undefined) rootLogBackoff = Math.log10(this.#plan.fixedBackoff);
    else rootLogBackoff = Math.log10(rules[0]!.lowerWeight((await this.#unigramTotals()).totals));
    if (this.#progress.finished.length === 0) await this.#estimateUnigrams(rules);
    for (let order = this.#progress.finished.length + 1; order <= this.#order; order++) {
      yield* this.#estimate(order, rules[order - 1]!);
    }
    await this.#removeWorkingFiles();
    return new StoredNgrams({
      storage: this.#storage,
      vocabulary: this.#vocabulary,
      bits: this.#bits,
      sizes: this.#progress.finished,
      rootLogBackoff: Math.fround(rootLogBackoff),
    });
  }

  get #order(): number {
    return this.#options.order;
  }

  get #bits(): number {
    return bitsFor(this.#vocabulary.size);
  }

  /** Bytes for buffers: what the run time and the words leave, less what is garbage for a while. */
  get #memory(): number {
    const limit = this.#options.memoryLimit ?? 2 ** 30;
    const words = this.#vocabulary.size * BYTES_PER_WORD;
    const base = BASE_MEMORY + this.#pool.size * WORKER_MEMORY;
    return Math.max(limit / 4, (limit - base - words) * 0.4);
  }

  /** Numbers of the blocks of files that are read and written beside others. */
  get #blockLength(): number {
    return Math.max(64, Math.min(1 << 16, Math.floor(this.#memory / 4 / 64)));
  }

  #event(stage: ProgressEvent['stage'], fraction: number | undefined, order = 0): ProgressEvent {
    const tokenCount = this.#progress.corpus?.tokenCount ?? 0;
    return { type: 'progress', stage, order, fraction, tokenCount };
  }

  async #advance(change: Partial<TrainingProgress>): Promise<void> {
    this.#progress = { ...this.#progress, ...change };
    if (!this.#isDurable) return;
    // Workers finish as they like; the file is written by one at a time.
    this.#saving = this.#saving.then(() => saveProgress(this.#storage, this.#progress));
    await this.#saving;
  }

  /** What must stay the same for training to go on. */
  #task(): unknown {
    const { order, boundaries = true, prune = [0], smoothing = kneserNey(), limitVocabulary } = this.#options;
    const vocabulary = this.#options.vocabulary ?? this.#corpus.vocabulary;
    return {
      corpus: this.#corpus.identity ?? null,
      order,
      boundaries,
      prune,
      smoothing: smoothing.name,
      settings: this.#plan.settings,
      limitVocabulary: limitVocabulary ? digest([...new Set(limitVocabulary)].sort()) : null,
      vocabulary: vocabulary ? digest(vocabulary.words) : null,
    };
  }

  async *#read(): Steps<void> {
    const { boundaries = true } = this.#options;
    const vocabulary = this.#options.vocabulary ?? this.#corpus.vocabulary;
    const file = await BlockWriter.create(this.#storage, CORPUS, Uint32Array, READ_BLOCK);
    const writer = new CorpusWriter(file, { vocabulary, boundaries });
    let isWhole = false;
    try {
      for await (const fraction of this.#corpus.read(writer)) {
        yield { ...this.#event('read', fraction), tokenCount: writer.tokenCount };
      }
      const { tokenCount, textCount } = writer;
      if (tokenCount === 0)
        throw new RangeError(`trainNgramsOutOfCore: texts must hold at least one word, got none.`);
      if (tokenCount > MOST_TOKENS) {
        throw new RangeError(
          `trainNgramsOutOfCore: texts must hold at most ${MOST_TOKENS} words, got ${tokenCount}.`,
        );
      }
      await file.close();
      isWhole = true;
      this.#vocabulary = writer.vocabulary();
      await writeText(this.#storage, WORDS, JSON.stringify(this.#vocabulary.words));
      await this.#advance({ corpus: { length: tokenCount + textCount, textCount, tokenCount } });
    } finally {
      if (!isWhole) await file.discard();
    }
  }

  /** Counts stretches of the corpus, several at a time if there are workers. */
  async *#count(): Steps<void> {
    const { length } = this.#progress.corpus!;
    const keyWords = new NgramPacking(this.#bits, this.#order).words;
    const threads = Math.max(1, this.#pool.size);
    const affordable = Math.floor(this.#memory / (threads + 1) / (4 + 4 * (3 * keyWords + 1)));
    const fair = this.#pool.size > 0 ? Math.max(LEAST_CHUNK, Math.ceil(length / (2 * threads))) : length;
    const size = Math.max(16, Math.min(affordable, fair, MOST_CHUNK));
    const reader = await BlockReader.open(this.#storage, CORPUS, Uint32Array, 1);
    const running = new Set<Promise<void>>();
    let failure: unknown;
    try {
      for (const { start, end } of gaps(this.#progress.counted, length, size)) {
        await this.#pool.whenFree();
        if (failure) break;
        const before = Math.min(start, this.#order - 1);
        const ids = new Uint32Array(end - start + before);
        reader.readInto(ids, start - before);
        const chunk = { ids, before, order: this.#order, bits: this.#bits };
        const job = this.#pool
          .begin({ type: 'count', chunk })
          .then((counted) => this.#keepRun(counted, start, end))
          .catch((error) => {
            failure ??= error;
          })
          .finally(() => running.delete(job));
        running.add(job);
        if (this.#pool.size === 0) await job;
        yield this.#event('count', end / length);
      }
    } finally {
      await Promise.all(running);
      reader.close();
    }
    if (failure) throw failure;
  }

  async #keepRun({ buffer, length }: SortedRecords, start: number, end: number): Promise<void> {
    const run = `counts-${start}.run`;
    await writeRun(this.#storage, run, buffer, length);
    await this.#advance({ counted: [...this.#progress.counted, { start, end, run }] });
  }

  async *#merge(): Steps<void> {
    const { storage, memory } = { storage: this.#storage, memory: this.#memory };
    const { prune = [0], limitVocabulary } = this.#options;
    const keyWords = new NgramPacking(this.#bits, this.#order).words;
    const format = { keyWords, recordWords: keyWords + 1 };
    const runs = this.#progress.counted.map(({ run }) => run);
    const merger = await mergeRuns(storage, runs, { format, memoryWords: memory / 16, addsCounts: true });
    // A buffer for each order, and for each thread one that is sorted, one to sort it with, and one that waits.
    const sorters = this.#order - 1;
    const share = (0.7 * memory) / (sorters + 3 * Math.max(1, this.#pool.size));
    const pass = runSuffixOrderPass(merger, {
      storage,
      order: this.#order,
      vocabSize: this.#vocabulary.size,
      bits: this.#bits,
      counts: this.#plan.counts,
      thresholds: prune,
      isForeign: limitVocabulary && markForeignWords(this.#vocabulary, limitVocabulary),
      pool: this.#pool,
      bufferWords: (share * sorters) / 4,
      blockLength: this.#blockLength,
      isDurable: this.#isDurable,
    });
    const records = merger.recordCount;
    try {
      for (;;) {
        const step = await pass.next();
        if (step.done) {
          const { unigramCounts, sizes, countsOfCounts, sorters } = step.value;
          if (sizes.some((size) => size > MOST_NGRAMS)) {
            throw new RangeError(
              `trainNgramsOutOfCore: an order must have at most ${MOST_NGRAMS} n-grams, got ${sizes}.`,
            );
          }
          this.#sorters = sorters;
          await writeNumbers(storage, UNIGRAMS, unigramCounts);
          const orderRuns = sorters.map((sorter) => sorter.runs);
          await this.#advance({ orders: { sizes, countsOfCounts, runs: orderRuns } });
          break;
        }
        yield this.#event('merge', step.value / records);
      }
    } finally {
      await pass.return(undefined as never);
      merger.close();
    }
    for (const name of await storage.names()) {
      if (name === CORPUS || /^(merged-.*-of-)?counts-/.test(name)) await storage.remove(name);
    }
  }

  async #unigramTotals() {
    const counts = await readNumbers(this.#storage, UNIGRAMS, Float64Array);
    const types: [number, number, number] = [0, 0, 0];
    let total = 0;
    for (const [word, count] of counts.entries()) {
      if (count === 0 || word === SENTENCE_START) continue;
      total += count;
      types[Math.min(count, 3) - 1]!++;
    }
    return { counts, totals: { total, prunedTotal: 0, types } };
  }

  async #estimateUnigrams(rules: ReturnType<SharingPlan['rules']>['rules']): Promise<void> {
    const { counts, totals } = await this.#unigramTotals();
    const rule = rules[0]!;
    const weight = this.#plan.fixedBackoff === undefined ? rule.lowerWeight(totals) : 0;
    const uniform = 1 / (this.#vocabulary.size - 1);
    const probabilities = counts.map((count) => rule.share(count, totals) + weight * uniform);
    await writeNumbers(this.#storage, interpolatedName(1), probabilities);
    // Nobody predicts <s>.
    probabilities[SENTENCE_START] = 1;
    await writeNumbers(this.#storage, probabilitiesName(1), Float32Array.from(probabilities, Math.log10));
    await this.#advance({ finished: [counts.length] });
  }

  async *#estimate(order: number, rule: ReturnType<SharingPlan['rules']>['rules'][number]): Steps<void> {
    const { storage, memory, blockLength } = {
      storage: this.#storage,
      memory: this.#memory,
      blockLength: this.#blockLength,
    };
    const { sizes, runs } = this.#progress.orders!;
    const size = sizes[order - 1]!;
    const format = countedFormat(this.#bits, order);
    const sorter = this.#sorters?.[order - 2];
    const merger: RunMerger = sorter
      ? await sorter.merge(memory / 16)
      : await mergeRuns(storage, runs[order - 2]!, { format, memoryWords: memory / 16 });
    const shares = await Scatter.create({
      storage,
      name: `shares-${order}`,
      kind: Float64Array,
      size,
      width: 3,
      memory: memory * 0.5,
    });
    let kept: number;
    const sharing = runSharePass(merger, {
      storage,
      order,
      vocabSize: this.#vocabulary.size,
      bits: this.#bits,
      rule,
      fixedBackoff: this.#plan.fixedBackoff,
      scatter: shares,
      blockLength,
    });
    try {
      for (;;) {
        const step = await sharing.next();
        if (step.done) {
          kept = step.value;
          break;
        }
        yield this.#event('estimate', step.value / size / 2, order);
      }
    } finally {
      await sharing.return(undefined as never);
      merger.close();
    }
    sorter?.release();

    const isHighest = order === this.#order;
    const logs = await Scatter.create({
      storage,
      name: `logs-${order}`,
      kind: Float32Array,
      size: kept,
      width: 1,
      memory: memory * 0.3,
    });
    for await (const done of runInterpolatePass({ storage, order, isHighest, shares, logs, blockLength })) {
      yield this.#event('estimate', (1 + done / size) / 2, order);
    }
    await logs.writeTo(probabilitiesName(order));
    await this.#advance({ finished: [...this.#progress.finished, kept] });
    for (const name of await storage.names()) {
      const isUsed = name.includes(`order-${order}-`) || name === parentsName(order);
      if (isUsed || name === interpolatedName(order - 1)) await storage.remove(name);
    }
  }

  /** Leaves the model, and the progress of a training that may be asked for again. */
  async #removeWorkingFiles(): Promise<void> {
    const kept = new Set([PROGRESS_NAME, WORDS, UNIGRAMS]);
    for (let order = 1; order <= this.#order; order++) {
      kept.add(ngramsName(order)).add(probabilitiesName(order)).add(backoffsName(order));
    }
    const ours =
      /^(corpus\.ids|words\.json|progress\.json|(merged-.*-of-)?counts-|.*order-\d+-|parents-|interpolated-|shares-|logs-)/;
    for (const name of await this.#storage.names()) {
      if (!kept.has(name) && ours.test(name)) await this.#storage.remove(name);
    }
  }
}

/** A word's string, its entries in the maps of reading and of the vocabulary, and what is left of both as garbage. */
const BYTES_PER_WORD = 400;
const READ_BLOCK = 1 << 16;
