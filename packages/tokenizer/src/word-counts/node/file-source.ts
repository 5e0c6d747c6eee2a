import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { isGzip, skipBytes, type TextSource } from '../text-source.ts';

/**
 * The texts in a file, which is read in parts; those compressed by gzip, in one member or in several, are recognized.
 *
 * @throws errors of the file system as they are; while it is read, {@link Error} if it changes meanwhile or is no whole gzip file
 */
export async function fileSource(path: string): Promise<TextSource> {
  const file = await open(path);
  try {
    const { size, mtime } = await file.stat();
    const head = new Uint8Array(2);
    await file.read(head, 0, 2, 0);
    const version = mtime.toISOString();
    const isCompressed = isGzip(head);
    return {
      name: path,
      byteLength: size,
      version,
      isCompressed,
      read: (start) =>
        readUnchanged(path, size, version, (opened) =>
          isCompressed ? readGzip(path, start) : readPlain(opened, size, start),
        ),
    };
  } finally {
    await file.close();
  }
}

/** Reads a file that must be before and after what it was when the source was made. */
async function* readUnchanged(
  path: string,
  byteLength: number,
  version: string,
  read: (file: FileHandle) => AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    await requireUnchanged(file, path, byteLength, version);
    yield* read(file);
    await requireUnchanged(file, path, byteLength, version);
  } finally {
    await file.close();
  }
}

async function* readPlain(file: FileHandle, byteLength: number, start: number): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(BLOCK_BYTES); // whoever asks for the next block is done with the last one
  for (let position = start; position < byteLength; ) {
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, byteLength - position), position);
    if (bytesRead === 0) break;
    yield block.subarray(0, bytesRead);
    position += bytesRead;
  }
}

async function* readGzip(path: string, start: number): AsyncGenerator<Uint8Array> {
  const compressed = createReadStream(path);
  const text = createGunzip();
  compressed.on('error', (error) => text.destroy(error));
  try {
    yield* skipBytes(compressed.pipe(text), start);
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new Error(`countWords: ${path} must be a whole gzip file, got an error: ${error.message}.`, {
      cause: error,
    });
  } finally {
    compressed.destroy();
    text.destroy();
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

async function requireUnchanged(
  file: FileHandle,
  path: string,
  byteLength: number,
  version: string,
): Promise<void> {
  const { size, mtime } = await file.stat();
  if (size === byteLength && mtime.toISOString() === version) return;
  throw new Error(
    `countWords: ${path} must not change while it is counted, but did at ${mtime.toISOString()}.`,
  );
}

const BLOCK_BYTES = 1 << 20;
