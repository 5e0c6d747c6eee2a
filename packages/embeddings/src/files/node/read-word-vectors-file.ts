import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { checkCount } from '../../describe-value.ts';
import type { WordVectors } from '../../vectors/word-vectors.ts';
import { readGensim } from '../gensim/read-gensim.ts';
import { type ReadWordVectorsOptions, readWordVectors } from '../read-word-vectors.ts';
import { openVectorFile } from './open-vector-file.ts';

/** Options of {@link readWordVectorsFile}. */
export type ReadWordVectorsFileOptions = Omit<ReadWordVectorsOptions, 'source' | 'fileSize'>;

/**
 * Reads words and their vectors from a file of any format that {@link readWordVectors} knows, or one that gensim saved, with the `.npy` files beside
 * it; its first bytes tell which.
 *
 * @throws {SyntaxError} if the file is broken; the message names it and the byte. Errors of the file system as they are
 */
export async function readWordVectorsFile(
  path: string,
  options: ReadWordVectorsFileOptions = {},
): Promise<WordVectors> {
  const file = await open(path);
  let size: number;
  let start: Uint8Array;
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(9), 0, 9, 0);
    start = buffer.subarray(0, bytesRead);
    ({ size } = await file.stat());
  } finally {
    await file.close();
  }
  if (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5 && options.format === undefined) {
    const sibling = (suffix: string): Promise<Uint8Array> => readFile(`${path}${suffix}`);
    return readGensim(await readFile(path), { ...options, source: path, sibling });
  }
  const isSafetensors = start[8] === 0x7b && start.subarray(4, 8).every((byte) => byte === 0);
  if (isSafetensors && options.format === undefined && (options.limit !== undefined || options.words)) {
    return readSome(path, options);
  }
  const packed = start[0] === 0x1f && start[1] === 0x8b;
  return readWordVectors(createReadStream(path, { highWaterMark: 1 << 20 }), {
    ...options,
    source: path,
    ...(!packed && { fileSize: size }),
  });
}

/** Reads those vectors alone that are chosen. */
async function readSome(
  path: string,
  { limit = Infinity, words, signal }: ReadWordVectorsFileOptions,
): Promise<WordVectors> {
  checkCount('readWordVectorsFile', 'limit', limit);
  const file = await openVectorFile(path, signal ? { signal } : {});
  try {
    const chosen = words && new Set(words);
    const kept = chosen ? file.words.filter((word) => chosen.has(word)) : file.words;
    return await file.vectorsOf(kept.slice(0, limit));
  } finally {
    await file.close();
  }
}
