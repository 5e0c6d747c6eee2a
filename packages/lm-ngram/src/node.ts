import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type ReadArpaOptions, readArpaStream } from './arpa/arpa-reader.ts';
import { writeArpa } from './arpa/write-arpa.ts';
import { decodeCompact, type EncodeCompactOptions, encodeCompact } from './compact/compact-file.ts';
import { readKenlm } from './kenlm/read-kenlm.ts';
import type { NgramModel } from './ngram-model.ts';

/**
 * Reads a model from an ARPA file; one whose name ends in `.gz` is unpacked on the way.
 *
 * @throws {SyntaxError} if the file is broken; the message names it and the line. Errors of the file system as they are
 */
export async function readArpaFile(
  path: string,
  options: Omit<ReadArpaOptions, 'source'> = {},
): Promise<NgramModel> {
  const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
  const decoder = new TextDecoder();
  async function* parts(): AsyncGenerator<string> {
    const unpacked = path.endsWith('.gz') ? bytes.compose(createGunzip()) : bytes;
    for await (const part of unpacked) yield decoder.decode(part as Buffer, { stream: true });
    yield decoder.decode();
  }
  return readArpaStream(parts(), { ...options, source: path });
}

/**
 * Writes a model as an ARPA file, packed if its name ends in `.gz`; makes the folder if it is missing. The file gets its name only when it is
 * whole.
 */
export async function writeArpaFile(path: string, model: NgramModel): Promise<void> {
  await writeParts(path, writeArpa(model));
}

/**
 * Reads a model from a compact file.
 *
 * @throws {SyntaxError} if the file is broken; the message names it and the byte. Errors of the file system as they are
 */
export async function readCompactFile(path: string): Promise<NgramModel> {
  return decodeCompact(await readFile(path), { source: path });
}

/** Writes a model as a compact file; makes the folder if it is missing. The file gets its name only when it is whole. */
export async function writeCompactFile(
  path: string,
  model: NgramModel,
  options: EncodeCompactOptions = {},
): Promise<void> {
  await writeParts(path, [encodeCompact(model, options)]);
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
export async function writeModelFile(path: string, model: NgramModel): Promise<void> {
  await (/\.arpa(\.gz)?$/.test(path) ? writeArpaFile(path, model) : writeCompactFile(path, model));
}

async function writeParts(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
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
