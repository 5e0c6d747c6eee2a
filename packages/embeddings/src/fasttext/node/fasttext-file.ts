import { readFile } from 'node:fs/promises';
import { writeFileParts } from '../../files/node/write-file-parts.ts';
import type { FastTextModel } from '../fasttext-model.ts';
import { type ReadFastTextOptions, readFastText } from '../read-fasttext.ts';
import { writeFastText } from '../write-fasttext.ts';

/**
 * Reads a model of fastText, `.bin` or `.ftz`, of up to 4 GiB.
 *
 * @throws as {@link readFastText}, with the path named; errors of the file system as they are
 */
export async function readFastTextFile(
  path: string,
  options: Omit<ReadFastTextOptions, 'source'> = {},
): Promise<FastTextModel> {
  return readFastText(await readFile(path), { ...options, source: path });
}

/** Writes a model as {@link writeFastText} has it: under another name first, then renamed. */
export async function writeFastTextFile(path: string, model: FastTextModel): Promise<void> {
  await writeFileParts(path, writeFastText(model));
}
