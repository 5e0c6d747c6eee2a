import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { WordVectors } from '../../vectors/word-vectors.ts';
import { type ReadWordVectorsOptions, readWordVectors } from '../read-word-vectors.ts';

/** Options of {@link readWordVectorsFile}. */
export type ReadWordVectorsFileOptions = Omit<ReadWordVectorsOptions, 'source' | 'fileSize'>;

/**
 * Reads words and their vectors from a file of any format that {@link readWordVectors} knows; its first bytes tell which.
 *
 * @throws {SyntaxError} if the file is broken; the message names it and the byte. Errors of the file system as they are
 */
export async function readWordVectorsFile(
  path: string,
  options: ReadWordVectorsFileOptions = {},
): Promise<WordVectors> {
  const file = await open(path);
  let size: number;
  let packed: boolean;
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
    packed = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    ({ size } = await file.stat());
  } finally {
    await file.close();
  }
  return readWordVectors(createReadStream(path, { highWaterMark: 1 << 20 }), {
    ...options,
    source: path,
    ...(!packed && { fileSize: size }),
  });
}
