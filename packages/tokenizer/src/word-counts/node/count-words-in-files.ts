import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describeValue } from '../../describe-value.ts';
import { type CountWordsEvent, type CountWordsStepsOptions, countWordsSteps } from '../count-words-steps.ts';
import type { CountedWords } from '../counted-words.ts';
import { FileRunStorage } from './file-run-storage.ts';
import { fileSource } from './file-source.ts';

/** Options of {@link countWordsInFiles}. */
export interface CountWordsInFilesOptions extends Omit<CountWordsStepsOptions, 'storage'> {
  /**
   * A folder for what memory has no room for and for the progress, made if it is missing: a count that was aborted or killed goes on from
   * there. One process at a time may use it. (Default: a temporary folder, removed when the words are closed.)
   */
  readonly directory?: string;
  /** Where the temporary folder is made (default: the system's, which on some systems is in memory). */
  readonly temporaryDirectory?: string;
}

/**
 * Counts the words in files of any size in bounded memory, on several threads: {@link countWordsSteps} of files, to its end.
 *
 * Each line is a text, with the newline at its end, as Hugging Face's trainers read files; `delimiter` cuts texts elsewhere. Files
 * compressed by gzip are recognized.
 *
 * @returns the words, which must be closed when they are no longer needed
 * @throws as {@link countWordsSteps} and {@link fileSource}; the signal's reason if the count was aborted
 * @example
 * using words = await countWordsInFiles(['a.txt', 'b.txt.gz'], { preTokenizer, workers: 4, directory: 'counts' });
 * const frequent = words.select({ minCount: 2, maxSize: 1_000_000 });
 */
export async function countWordsInFiles(
  paths: readonly string[],
  options: CountWordsInFilesOptions = {},
): Promise<CountedWords> {
  for await (const event of countWordsInFilesSteps(paths, options)) {
    if (event.type === 'count-end' && event.reason === 'finished') return event.words;
  }
  throw options.signal!.reason;
}

/**
 * {@link countWordsInFiles} in steps, which reports progress a few times a second.
 *
 * @returns events; the last one is `count-end`, and holds the words unless the count was aborted
 */
export async function* countWordsInFilesSteps(
  paths: readonly string[],
  { directory, temporaryDirectory = tmpdir(), ...options }: CountWordsInFilesOptions = {},
): AsyncGenerator<CountWordsEvent, void, void> {
  if (!Array.isArray(paths) || paths.length === 0) {
    throw new RangeError(
      `countWordsInFiles: paths must be an array of at least one path, got ${describeValue(paths)}.`,
    );
  }
  const sources = await Promise.all(paths.map(fileSource));
  const isTemporary = directory === undefined;
  const storage = new FileRunStorage(
    directory ?? (await mkdtemp(join(temporaryDirectory, 'wordloom-words-'))),
    {
      isTemporary,
    },
  );
  let isFinished = false;
  try {
    for await (const event of countWordsSteps(sources, { startWorker, ...options, storage })) {
      isFinished = event.type === 'count-end' && event.reason === 'finished';
      yield event;
    }
  } finally {
    if (!isFinished) storage.close();
  }
}

/** This package's own worker, beside this module and of the same kind. */
function startWorker(): Worker {
  return new Worker(new URL(`./count-words-worker${extname(import.meta.url)}`, import.meta.url));
}
