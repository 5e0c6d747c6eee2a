import { openAsBlob } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import type { OnnxFile } from '../export/export-onnx.ts';
import { type OnnxContents, type ReadOnnxOptions, readOnnx } from '../onnx/read-onnx.ts';

/**
 * Reads the weights of an ONNX model on disk: {@link readOnnx}, with the files beside it that hold its tensors.
 *
 * @throws as `readOnnx` @throws {RangeError} if the model names a file outside its folder
 */
export async function readOnnxFile(
  path: string,
  options: Omit<ReadOnnxOptions, 'externalData' | 'source'> = {},
): Promise<OnnxContents> {
  const externalData = (location: string): Promise<Blob> =>
    openAsBlob(besideModel('readOnnxFile', path, location));
  return readOnnx(await openAsBlob(path), { ...options, externalData, source: path });
}

/** Writes a model and, into the same folder, the file that holds its tensors. Files of these names are overwritten. */
export async function writeOnnxFile(path: string, { model, externalData }: OnnxFile): Promise<void> {
  if (externalData) {
    const { location, pieces } = externalData;
    await write(besideModel('writeOnnxFile', path, location), pieces);
  }
  await write(path, [model]);
}

async function write(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const piece of pieces) await file.writeFile(piece); // goes on where the last piece ended
  } finally {
    await file.close();
  }
}

/** @throws {RangeError} if the location leads out of the model's folder, or is the model */
function besideModel(caller: string, path: string, location: string): string {
  const relative = normalize(location.replaceAll('\\', '/'));
  if (
    relative.startsWith('..') ||
    relative.startsWith('/') ||
    /^[A-Za-z]:/.test(relative) ||
    relative === basename(path)
  ) {
    throw new RangeError(
      `${caller}: external data of ${path} must lie in a file of its own in the model's folder, got ${JSON.stringify(location)}.`,
    );
  }
  return join(dirname(path), relative);
}
