import { describeValue } from '../describe-value.ts';
import { gapsBetween } from './byte-ranges.ts';
import { type ChunkCounter, TableCounter } from './chunk-counter.ts';
import type { CountWordsOptions } from './count-words.ts';
import { CountedWords } from './counted-words.ts';
import { type CountingProgress, loadProgress, startProgress } from './counting-progress.ts';
import { openRun } from './merge-stored-runs.ts';
import { Pause } from './pause.ts';
import { chunkTexts, type PlacedChunk, readChunks } from './read-chunks.ts';
import { RunReader } from './run-reader.ts';
import { MemoryRunStorage, type RunStorage } from './run-storage.ts';
import { type CounterSettings, readParts } from './serve-word-counts.ts';
import type { TextSource } from './text-source.ts';
import { type CountingState, WordCounting } from './word-counting.ts';
import { wordSpelling } from './word-feed.ts';
import { type CountingWorker, WorkerCounter } from './worker-counter.ts';

/** Options of {@link countWordsSteps}. */
export interface CountWordsStepsOptions extends CountWordsOptions {
  /** Bytes that tables of words may take, of all workers together (default 512 MiB with a `storage`, else as many as needed). */
  readonly memoryLimit?: number;
  /** Where sorted runs of words go when the limit is reached, and the progress of sources (default: none is needed). */
  readonly storage?: RunStorage;
  /** Threads that count (default 0: this one). */
  readonly workers?: number;
  /** Starts a worker whose module calls {@link serveWordCounts}. */
  readonly startWorker?: () => CountingWorker;
  /** What ends a text of a source; it belongs to the text that it ends (default: a newline). */
  readonly delimiter?: string;
  /** What becomes of bytes of a source that are not UTF-8: an error that says where, or U+FFFD (default `error`). */
  readonly invalidUtf8?: 'error' | 'replace';
  /** Bytes of text after which a counter writes a run at the latest, so that not more is lost when the process ends (default 1 GiB). */
  readonly runInterval?: number;
  /** Ends counting early. What was counted of sources is kept in the storage. */
  readonly signal?: AbortSignal;
}

/** What {@link countWordsSteps} tells: counting comes first, then runs are merged, if there are any. */
export type CountWordsEvent =
  | ({ readonly type: 'count-progress' } & CountingState)
  /** `mergedWordCount`: how many of the words this pass has merged; more than 32 runs take several passes. */
  | ({ readonly type: 'merge-progress'; readonly mergedWordCount: number } & CountingState)
  | { readonly type: 'count-end'; readonly reason: 'finished'; readonly words: CountedWords }
  | { readonly type: 'count-end'; readonly reason: 'aborted' };

/**
 * Counts the words of corpora of any size, in steps: in bounded memory, on several threads, from bytes or from texts that arrive in parts. It
 * leaves the event loop free, reports progress a few times a second, and can be stopped.
 *
 * Words are counted in tables of `memoryLimit` bytes. One that is full is written to the storage as a sorted run; in the end all
 * runs are merged into one, which the result is read from. Besides the tables there are at most 2 MiB of buffers for the merge, and some
 * chunks of 256 KiB of text, or the longest text if it is longer, for each worker. The result does not depend on the
 * limit or on the number of workers.
 *
 * A count of sources keeps its progress in the storage, and goes on from there when it is called again with the same sources and
 * options, after an abort or the end of the process. (Limit and workers may differ.) One that was finished returns its result at once.
 *
 * @param corpus texts, or sources of bytes such as {@link blobSource} makes, which delimiters cut into texts
 * @returns events; the last one is `count-end`, and holds the words unless the count was aborted. They must be closed if a storage is given.
 * @throws {RangeError} if an option is out of range, a count passes 2⁵³ − 1, or bytes are not UTF-8 @throws {TypeError} if a text is no string
 * @throws {Error} if the storage holds the progress of another corpus or other options, or what was written is not there any more
 */
export async function* countWordsSteps(
  corpus: string | Iterable<string> | AsyncIterable<string> | readonly TextSource[],
  options: CountWordsStepsOptions = {},
): AsyncGenerator<CountWordsEvent, void, void> {
  const { signal, runInterval = DEFAULT_INTERVAL, workers = 0 } = options;
  const storage: RunStorage = options.storage ?? new MemoryRunStorage();
  const settings = makeSettings(options);
  const sources = areSources(corpus) ? corpus : undefined;
  const isResumable = sources !== undefined && options.storage !== undefined;
  let progress = startProgress({
    sources: (sources ?? []).map(({ name, byteLength, version }) => ({ name, byteLength, version })),
    normalizer: settings.normalizer ?? null,
    preTokenizer: settings.preTokenizer ?? null,
    delimiter: settings.delimiter,
    invalidUtf8: settings.invalidUtf8,
  });
  if (isResumable) progress = await loadProgress(storage, progress.corpus);
  if (progress.words) {
    yield { type: 'count-end', reason: 'finished', words: await openWords(storage, progress, options) };
    return;
  }

  const chunks = sources
    ? chunksOf(sources, progress, settings.delimiter)
    : chunkTexts(typeof corpus === 'string' ? [corpus] : (corpus as Iterable<string>));
  const started: CountingWorker[] = [];
  let counting: WordCounting | undefined;
  let counted: Promise<void> | undefined;
  const stop = (): void => counting?.stop();
  signal?.addEventListener('abort', stop);
  try {
    const local = workers === 0 ? new TableCounter(localOptions(options, settings)) : undefined;
    const counters: ChunkCounter[] = local ? [local] : [];
    for (let worker = 0; worker < workers; worker++) started.push(options.startWorker!());
    counters.push(...(await Promise.all(started.map((worker) => WorkerCounter.open(worker, settings)))));
    counting = new WordCounting({ chunks, counters, storage, progress, isResumable, runInterval });
    if (signal?.aborted) stop();

    // One table that was never full is the result; all else is put together from runs.
    const isInMemory = (): boolean =>
      local !== undefined && !isResumable && counting!.progress.runs.length === 0;
    let isCounted = false;
    counted = counting.count(() => (signal?.aborted ? isResumable : !isInMemory()));
    counted.then(
      () => {
        isCounted = true;
      },
      () => {
        isCounted = true;
      },
    );
    while (!isCounted) {
      await orLater(counted);
      if (!isCounted) yield { type: 'count-progress', ...counting.state };
    }
    await counted;
    yield { type: 'count-progress', ...counting.state };
    if (signal?.aborted) {
      yield { type: 'count-end', reason: 'aborted' };
      return;
    }
    if (isInMemory()) {
      const { wordCount, distinctWordCount } = counting.state;
      const words = new CountedWords({
        wordCount,
        distinctWordCount,
        open: local!.sort(),
        spell: wordSpelling(options),
        close: () => storage.close?.(),
      });
      yield { type: 'count-end', reason: 'finished', words };
      return;
    }
    for (const worker of started.splice(0)) await worker.terminate(); // their memory is needed no more
    yield { type: 'merge-progress', mergedWordCount: 0, ...counting.state };
    const pause = new Pause();
    for await (const mergedWordCount of counting.merge()) {
      if (signal?.aborted) {
        yield { type: 'count-end', reason: 'aborted' };
        return;
      }
      if (!pause.isDue()) continue;
      yield { type: 'merge-progress', mergedWordCount, ...counting.state };
      await pause.take();
    }
    yield {
      type: 'count-end',
      reason: 'finished',
      words: await openWords(storage, counting.progress, options),
    };
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
    await Promise.allSettled([counted]);
    for (const worker of started) await worker.terminate();
    await chunks.return(undefined);
  }
}

/** The chunks of all sources that are not counted yet. */
async function* chunksOf(
  sources: readonly TextSource[],
  { done }: CountingProgress,
  delimiter: string,
): AsyncGenerator<PlacedChunk, void> {
  for (const [source, textSource] of sources.entries()) {
    const end = textSource.isCompressed ? Number.POSITIVE_INFINITY : textSource.byteLength;
    yield* readChunks(textSource, { source, parts: gapsBetween(done[source]!, end), delimiter });
  }
}

async function openWords(
  storage: RunStorage,
  progress: CountingProgress,
  options: CountWordsStepsOptions,
): Promise<CountedWords> {
  const words = progress.words!;
  const file = await openRun(storage, words);
  return new CountedWords({
    wordCount: words.wordCount,
    distinctWordCount: words.distinctWordCount,
    open: () => new RunReader(file),
    spell: wordSpelling(options),
    close: () => {
      file.close();
      storage.close?.();
    },
  });
}

function areSources(corpus: unknown): corpus is readonly TextSource[] {
  return Array.isArray(corpus) && typeof corpus[0] === 'object' && corpus[0] !== null && 'read' in corpus[0];
}

/** Checks the options, and puts them as workers need them. */
function makeSettings({
  normalizer,
  preTokenizer,
  memoryLimit,
  storage,
  workers = 0,
  startWorker,
  delimiter = '\n',
  invalidUtf8 = 'error',
  runInterval = DEFAULT_INTERVAL,
}: CountWordsStepsOptions): CounterSettings {
  const refuse = (name: string, expectation: string, value: unknown): never => {
    throw new RangeError(`countWordsSteps: ${name} must be ${expectation}, got ${describeValue(value)}.`);
  };
  if (!Number.isInteger(workers) || workers < 0) refuse('workers', 'an integer from 0', workers);
  if (workers > 0 && !startWorker) refuse('startWorker', 'given with workers', startWorker);
  if (delimiter === '') refuse('delimiter', 'at least one character', delimiter);
  if (invalidUtf8 !== 'error' && invalidUtf8 !== 'replace') {
    refuse('invalidUtf8', "'error' or 'replace'", invalidUtf8);
  }
  if (!(runInterval > 0)) refuse('runInterval', 'a positive number of bytes', runInterval);
  if (memoryLimit !== undefined && !storage) refuse('storage', 'given with memoryLimit', storage);
  const least = LEAST_TABLE * Math.max(1, workers);
  if (memoryLimit !== undefined && !(memoryLimit >= least)) {
    refuse('memoryLimit', `at least ${least} bytes (64 KiB for each worker)`, memoryLimit);
  }
  const limit = memoryLimit ?? (storage ? DEFAULT_LIMIT : undefined);
  const settings = {
    normalizer: normalizer?.toJSON(),
    preTokenizer: preTokenizer?.toJSON(),
    memoryLimit: limit && Math.floor(limit / Math.max(1, workers)),
    delimiter,
    invalidUtf8,
  };
  if (workers > 0) readParts(settings); // an error here says more than one in a worker
  return settings;
}

function localOptions(
  { normalizer, preTokenizer }: CountWordsStepsOptions,
  { memoryLimit, delimiter, invalidUtf8 }: CounterSettings,
): ConstructorParameters<typeof TableCounter>[0] {
  return {
    normalizer,
    preTokenizer,
    delimiter,
    invalidUtf8,
    ...(memoryLimit !== undefined && { memoryLimit }),
  };
}

/** Waits for a promise, but not longer than until the next event is due. */
async function orLater(promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const due = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, EVENT_INTERVAL);
  });
  try {
    await Promise.race([promise, due]);
  } finally {
    clearTimeout(timer);
  }
}

/** In milliseconds. */
const EVENT_INTERVAL = 200;
const LEAST_TABLE = 2 ** 16;
const DEFAULT_LIMIT = 2 ** 29;
const DEFAULT_INTERVAL = 2 ** 30;
