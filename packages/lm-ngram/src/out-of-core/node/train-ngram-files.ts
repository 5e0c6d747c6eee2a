import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { NgramCorpus } from '../ngram-corpus.ts';
import type { OutOfCoreEvent, TrainOutOfCoreOptions } from '../out-of-core-options.ts';
import { trainNgramsOutOfCore } from '../train-out-of-core.ts';
import { corpusOfTextFiles, type TextFilesOptions } from './file-corpus.ts';
import { FileRunStorage } from './file-run-storage.ts';

/** Options of {@link trainNgramFiles}. */
export interface TrainNgramFilesOptions
  extends Omit<TrainOutOfCoreOptions, 'storage' | 'resumes'>,
    TextFilesOptions {
  /**
   * A folder for what memory has no room for, for the progress, and for the n-grams at the end; made if it is missing. Training that was aborted or
   * killed goes on from there. One process at a time may use it. (Default: a temporary folder, removed when the last event was taken.)
   */
  readonly directory?: string;
  /** Where the temporary folder is made (default: the system's, which on some systems is in memory). */
  readonly temporaryDirectory?: string;
}

/**
 * {@link trainNgramsOutOfCore} of files of text, or of another corpus, on the disk.
 *
 * Without `directory`, the n-grams of the last event can be read until the next one is asked for.
 *
 * @param corpus paths of text files, a line a sentence; or a corpus
 * @throws as {@link trainNgramsOutOfCore}; errors of the file system as they are
 * @example
 * for await (const event of trainNgramFiles(['corpus.txt'], { order: 5, memoryLimit: 2 ** 30, workers: 2 })) {
 *   if (event.type === 'training-end' && event.reason === 'finished') await writeArpaFile('model.arpa', event.ngrams);
 * }
 */
export async function* trainNgramFiles(
  corpus: readonly string[] | NgramCorpus,
  { directory, temporaryDirectory = tmpdir(), unit = 'word', ...options }: TrainNgramFilesOptions,
): AsyncGenerator<OutOfCoreEvent, void, void> {
  const source = Array.isArray(corpus)
    ? await corpusOfTextFiles(corpus as readonly string[], { unit })
    : (corpus as NgramCorpus);
  let folder = directory;
  if (folder === undefined) {
    await mkdir(temporaryDirectory, { recursive: true });
    folder = await mkdtemp(join(temporaryDirectory, 'wordloom-ngrams-'));
  }
  const isLasting = directory !== undefined;
  try {
    const storage = new FileRunStorage(folder, { isLasting });
    yield* trainNgramsOutOfCore(source, {
      startWorker,
      ...options,
      storage,
      ...(!isLasting && { resumes: false }),
    });
  } finally {
    if (!isLasting) await rm(folder, { recursive: true, force: true });
  }
}

/** This package's own worker, beside this module and of the same kind. */
function startWorker(): Worker {
  return new Worker(new URL(`./sort-worker${extname(import.meta.url)}`, import.meta.url));
}
