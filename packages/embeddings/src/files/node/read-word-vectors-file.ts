import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import type { WordVectors } from '../../vectors/word-vectors.ts';
import { readGensim } from '../gensim/read-gensim.ts';
import { type ReadWordVectorsOptions, readWordVectors } from '../read-word-vectors.ts';

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
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
    start = buffer.subarray(0, bytesRead);
    ({ size } = await file.stat());
  } finally {
    await file.close();
  }
  if (start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5 && options.format === undefined) {
    const sibling = (suffix: string): Promise<Uint8Array> => readFile(`${path}${suffix}`);
    return readGensim(await readFile(path), { ...options, source: path, sibling });
  }
  const packed = start[0] === 0x1f && start[1] === 0x8b;
  return readWordVectors(createReadStream(path, { highWaterMark: 1 << 20 }), {
    ...options,
    source: path,
    ...(!packed && { fileSize: size }),
  });
}
