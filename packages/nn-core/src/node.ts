import { type FileHandle, open } from 'node:fs/promises';
import type { TensorData } from '@wordloom/compile';
import type { Module } from './module/module.ts';
import { writeAtomically } from './node/write-atomically.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { decodeSafetensors, type Safetensors } from './safetensors/decode.ts';
import { encodeSafetensors } from './safetensors/encode.ts';
import { headerLengthOf, PREFIX_BYTES, parseHeader, refuseFor } from './safetensors/header.ts';
import { encodeTrainingState, restoreTrainingState } from './training/training-state.ts';

export { checkpointFolder } from './node/checkpoint-folder.ts';
export { type OpenTokenFile, openTokenFile, writeTokenFile } from './node/token-file.ts';

/**
 * Reads a safetensors file. Its header is checked before memory for the tensors is taken.
 *
 * @throws {RangeError} naming the path, the byte and the tensor, if the file is not exactly as the format says
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const refuse = refuseFor('decodeSafetensors', path);
    const prefix = await readRange(file, 0, Math.min(PREFIX_BYTES, size), path);
    const headerEnd = PREFIX_BYTES + headerLengthOf(prefix, size, refuse);
    parseHeader(await readRange(file, PREFIX_BYTES, headerEnd, path), size, refuse);
    return decodeSafetensors(await readRange(file, 0, size, path), path);
  } finally {
    await file.close();
  }
}

/** Writes a safetensors file, under a temporary name first: `path` holds the old contents or the new, never a part. */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, TensorData>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeWhole(path, encodeSafetensors(tensors, metadata));
}

/** Writes {@link encodeTrainingState} to a file, as {@link writeSafetensors} does. */
export async function saveTrainingState(
  path: string,
  model: Module,
  optimizer: Optimizer,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeWhole(path, encodeTrainingState(model, optimizer, metadata));
}

/**
 * Loads what {@link saveTrainingState} wrote into a model and an optimizer built as they were then.
 *
 * @returns the metadata
 * @throws {RangeError} if the file is not a training state @throws {ShapeError} if it is another model's; nothing is loaded in either case
 */
export async function loadTrainingState(
  path: string,
  model: Module,
  optimizer: Optimizer,
): Promise<Readonly<Record<string, string>>> {
  return restoreTrainingState(await readSafetensors(path), model, optimizer, path);
}

/** The system reads at most 2 GiB at a time. */
const READ_BYTES = 2 ** 30;

async function readRange(file: FileHandle, begin: number, end: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - begin);
  for (let offset = 0; offset < bytes.length; ) {
    const length = Math.min(READ_BYTES, bytes.length - offset);
    const { bytesRead } = await file.read(bytes, offset, length, begin + offset);
    if (bytesRead === 0) throw new RangeError(`readSafetensors: ${path} must not shrink while it is read.`);
    offset += bytesRead;
  }
  return bytes;
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await writeAtomically(path, (file) => file.writeFile(bytes));
}
