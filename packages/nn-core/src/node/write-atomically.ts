import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/** A file and what writes it. */
export interface FileToWrite<T> {
  readonly path: string;
  write(file: FileHandle): Promise<T>;
}

/**
 * Writes a file under a temporary name and gives it its own when all of it is on the disk: `path` holds the old contents or
 * the new, never a part.
 *
 * @returns what `write` returns
 */
export async function writeAtomically<T>(path: string, write: FileToWrite<T>['write']): Promise<T> {
  const [result] = await writeAllAtomically([{ path, write }]);
  return result!;
}

/**
 * Writes files one after another under temporary names. When all of all of them is on the disk they get their own, in the
 * same order, so that files that belong together fail together.
 *
 * @returns what each `write` returns
 */
export async function writeAllAtomically<T>(files: readonly FileToWrite<T>[]): Promise<T[]> {
  const results: T[] = [];
  const temporaries = files.map(({ path }) => `${path}.${randomUUID()}.tmp`);
  try {
    for (const [index, { write }] of files.entries()) {
      const file = await open(temporaries[index]!, 'wx');
      try {
        results.push(await write(file));
        await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const [index, { path }] of files.entries()) await rename(temporaries[index]!, path);
    return results;
  } catch (error) {
    await Promise.all(temporaries.map((temporary) => rm(temporary, { force: true })));
    throw error;
  }
}

/** The system writes at most 2 GiB at a time. */
const WRITE_BYTES = 2 ** 30;

/** Writes all of `chunks` at the file's position. */
export async function writeChunks(
  file: FileHandle,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length; ) {
      const { bytesWritten } = await file.write(chunk, offset, Math.min(WRITE_BYTES, chunk.length - offset));
      offset += bytesWritten;
    }
  }
}
