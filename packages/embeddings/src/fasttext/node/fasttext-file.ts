import { open } from 'node:fs/promises';
import { writeFileParts } from '../../files/node/write-file-parts.ts';
import type { FastTextModel } from '../fasttext-model.ts';
import { type ReadFastTextOptions, readFastText } from '../read-fasttext.ts';
import { writeFastText } from '../write-fasttext.ts';

/** Bytes that are read at once: systems read no more than 2 GiB. */
const MOST_AT_ONCE = 2 ** 30;

/**
 * Reads a model of fastText, `.bin` or `.ftz`, of any size that memory has room for, once.
 *
 * @throws as {@link readFastText}, with the path named; errors of the file system as they are
 */
export async function readFastTextFile(
  path: string,
  options: Omit<ReadFastTextOptions, 'source' | 'keepBytes'> = {},
): Promise<FastTextModel> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(new ArrayBuffer(size + 3), placeFor(size), size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(
        bytes,
        length,
        Math.min(MOST_AT_ONCE, bytes.length - length),
        length,
      );
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return readFastText(bytes.subarray(0, length), { ...options, source: path, keepBytes: true });
  } finally {
    await file.close();
  }
}

/**
 * Where in memory a file of so many bytes is to begin, so that the numbers of its input matrix are where float32 numbers may be, and need not be
 * moved: in a `.bin` they are followed by 17 bytes, and the numbers of the output matrix.
 */
function placeFor(size: number): number {
  return -(size - BYTES_AFTER_INPUT) & 3;
}

/** Whether the output matrix is quantized, its rows and its columns. */
const BYTES_AFTER_INPUT = 1 + 8 + 8;

/** Writes a model as {@link writeFastText} has it: under another name first, then renamed. */
export async function writeFastTextFile(path: string, model: FastTextModel): Promise<void> {
  await writeFileParts(path, writeFastText(model));
}
