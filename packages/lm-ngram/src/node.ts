import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type ReadArpaOptions, readArpaStream } from './arpa/arpa-reader.ts';
import { filterArpa, type NgramFilter } from './arpa/filter-arpa.ts';
import { writeArpa } from './arpa/write-arpa.ts';
import type { ByteSource } from './compact/byte-source.ts';
import { decodeCompact, type EncodeCompactOptions, encodeCompact } from './compact/compact-file.ts';
import { CompactModel } from './compact/compact-model.ts';
import { type EncodeKenlmProbingOptions, encodeKenlmProbing } from './kenlm/encode-probing.ts';
import { readKenlm } from './kenlm/read-kenlm.ts';
import type { NgramModel } from './ngram-model.ts';
import { StoredNgrams } from './out-of-core/stored-ngrams.ts';

export {
  corpusOfIdFiles,
  corpusOfTextFiles,
  type IdFilesOptions,
  type TextFilesOptions,
} from './out-of-core/node/file-corpus.ts';
export { type TrainNgramFilesOptions, trainNgramFiles } from './out-of-core/node/train-ngram-files.ts';

/**
 * Reads a model from an ARPA file; one whose name ends in `.gz` is unpacked on the way.
 *
 * @throws {SyntaxError} if the file is broken; the message names it and the line. Errors of the file system as they are
 */
export async function readArpaFile(
  path: string,
  options: Omit<ReadArpaOptions, 'source'> = {},
): Promise<NgramModel> {
  return readArpaStream(readText(path), { ...options, source: path });
}

/**
 * Writes a model as an ARPA file, packed if its name ends in `.gz`; makes the folder if it is missing. The file gets its name only when it is
 * whole.
 */
export async function writeArpaFile(path: string, model: NgramModel | StoredNgrams): Promise<void> {
  await writeParts(path, model instanceof StoredNgrams ? model.arpa() : writeArpa(model));
}

/**
 * Keeps some n-grams of an ARPA file, without loading it; both files may be packed. The new file gets its name only when it is whole, so that it may
 * be that of the old one.
 *
 * @throws {SyntaxError} if the file is broken where it can be seen. Errors of the file system as they are
 */
export async function filterArpaFile(
  from: string,
  to: string,
  keeps: NgramFilter,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const options = { source: from, ...(signal && { signal }) };
  await writeParts(
    to,
    filterArpa(() => readText(from), keeps, options),
  );
}

/** A text file, unpacked if its name says that it is packed. */
async function* readText(path: string): AsyncGenerator<string> {
  const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
  const decoder = new TextDecoder();
  const unpacked = path.endsWith('.gz') ? bytes.compose(createGunzip()) : bytes;
  for await (const part of unpacked) yield decoder.decode(part as Buffer, { stream: true });
  yield decoder.decode();
}

/**
 * Reads a model from a compact file.
 *
 * @throws {SyntaxError} if the file is broken; the message names it and the byte. Errors of the file system as they are
 */
export async function readCompactFile(path: string): Promise<NgramModel> {
  return decodeCompact(await readFile(path), { source: path });
}

/**
 * Opens a compact file to be asked as it is, without unpacking it.
 *
 * @param shared whether its bytes go to shared memory (default false): other threads that get `model.bytes` make a `CompactModel` of them and
 *   ask the same memory
 * @throws {SyntaxError} if the file is broken; the message names it and the byte. Errors of the file system as they are
 */
export async function openCompactFile(
  path: string,
  { shared = false }: { readonly shared?: boolean } = {},
): Promise<CompactModel> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(shared ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
    await readFully(file, bytes, 0);
    return new CompactModel(bytes, { source: path });
  } finally {
    await file.close();
  }
}

/**
 * A file for `openRemoteModel`, which reads from it what it is asked: a model larger than memory. Close it when the model is no longer used.
 *
 * @throws errors of the file system as they are
 */
export async function openFileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const file = await open(path);
  const { size: length } = await file.stat();
  return {
    length,
    async read(start, count) {
      const bytes = new Uint8Array(count);
      await readFully(file, bytes, start);
      return bytes;
    },
    close: () => file.close(),
  };
}

async function readFully(file: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, LARGEST_READ), start + at);
    if (bytesRead === 0) throw new RangeError(`the file ends at byte ${start + at}, before it should.`);
    at += bytesRead;
  }
}

/** Systems read no more than 2 GiB at once. */
const LARGEST_READ = 1 << 30;

/** Writes a model as a compact file; makes the folder if it is missing. The file gets its name only when it is whole. */
export async function writeCompactFile(
  path: string,
  model: NgramModel,
  options: EncodeCompactOptions = {},
): Promise<void> {
  await writeParts(path, [encodeCompact(model, options)]);
}

/**
 * Writes a model as a KenLM binary file of the probing kind; makes the folder if it is missing. The file gets its name only when it is whole.
 *
 * @throws {RangeError} as `encodeKenlmProbing`
 */
export async function writeKenlmFile(
  path: string,
  model: NgramModel,
  options: EncodeKenlmProbingOptions = {},
): Promise<void> {
  await writeParts(path, [encodeKenlmProbing(model, options)]);
}

/**
 * Reads a model from a file of any kind: ARPA, packed or not, compact, or one of KenLM's tries. The first bytes tell which.
 *
 * @throws {SyntaxError} if the file is broken. Errors of the file system as they are
 */
export async function readModelFile(path: string): Promise<NgramModel> {
  const file = await open(path);
  let start: string;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    start = buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
  if (start.startsWith('wordloom n-gram')) return readCompactFile(path);
  if (start.startsWith('mmap lm http')) return readKenlm(await readFile(path), { source: path });
  return readArpaFile(path);
}

/** Writes a model as its name says: `.arpa` and `.arpa.gz` as ARPA, everything else as a compact file. */
export async function writeModelFile(path: string, model: NgramModel | StoredNgrams): Promise<void> {
  if (/\.arpa(\.gz)?$/.test(path)) await writeArpaFile(path, model);
  else await writeCompactFile(path, model instanceof StoredNgrams ? await model.toModel() : model);
}

async function writeParts(
  path: string,
  parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = createWriteStream(temporary, { flags: 'wx', flush: true });
    if (path.endsWith('.gz')) await pipeline(Readable.from(parts), createGzip(), file);
    else await pipeline(Readable.from(parts), file);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
