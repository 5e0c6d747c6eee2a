import { addCounts } from './add-counts.ts';
import { newRunName, type StoredRun } from './counting-progress.ts';
import { MergedWords } from './merge-runs.ts';
import { RunReader } from './run-reader.ts';
import type { RunFile, RunStorage } from './run-storage.ts';
import { RunWriter, type WordTotals } from './run-writer.ts';

/**
 * Merges runs of a storage into one more.
 *
 * @returns a generator that yields now and then how many words it has merged, and returns the new run and what it holds
 * @throws {Error} if a run is missing, or has another length than it had
 */
export async function* mergeStoredRuns(
  storage: RunStorage,
  runs: readonly StoredRun[],
): AsyncGenerator<number, StoredRun & WordTotals> {
  const files: RunFile[] = [];
  try {
    for (const run of runs) files.push(await openRun(storage, run));
    const words = new MergedWords(files.map((file) => new RunReader(file)));
    const name = newRunName();
    const target = await storage.create(name);
    let isWritten = false;
    try {
      let byteLength = 0;
      let wordCount = 0;
      let distinctWordCount = 0;
      const writer = new RunWriter({
        write: (bytes) => {
          target.write(bytes);
          byteLength += bytes.length;
        },
      });
      while (words.next()) {
        writer.add(words);
        wordCount = addCounts(wordCount, words.count, () => 'words');
        distinctWordCount++;
        if (distinctWordCount % STEP === 0) yield wordCount;
      }
      writer.flush();
      await target.close();
      isWritten = true;
      return { name, byteLength, wordCount, distinctWordCount };
    } finally {
      if (!isWritten) await target.discard();
    }
  } finally {
    for (const file of files) file.close();
  }
}

/** @throws {Error} if it has another length than it had */
export async function openRun(storage: RunStorage, { name, byteLength }: StoredRun): Promise<RunFile> {
  const file = await storage.open(name);
  if (file.byteLength === byteLength) return file;
  file.close();
  throw new Error(
    `countWords: ${file.name} must have ${byteLength} bytes, as it was written, got ${file.byteLength}.`,
  );
}

/** How many runs are read at a time: few enough for open files and buffers (64 KiB each), enough that most merge in one pass. */
export const MERGED_AT_ONCE = 32;
/** Words between two looks at the clock. */
const STEP = 1 << 12;
