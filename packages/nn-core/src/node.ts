import type { Module } from './module/module.ts';
import { openFileBytes } from './node/file-bytes.ts';
import { writeAtomically, writeChunks } from './node/write-atomically.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { decodeSafetensors, type Safetensors } from './safetensors/decode.ts';
import { openSafetensors } from './safetensors/open.ts';
import { encodeTrainingState, restoreTrainingState } from './training/training-state.ts';

export { checkpointFolder } from './node/checkpoint-folder.ts';
export { jsonLinesFile } from './node/json-lines-file.ts';
export { type OpenTensorFileOptions, openTensorFile, type TensorFile } from './node/open-tensor-file.ts';
export { type ModulePrefetchOptions, prefetchInWorker } from './node/prefetch-in-worker.ts';
export { tensorBoardFolder } from './node/tensorboard-folder.ts';
export { type OpenTokenFile, openTokenFile, writeTokenFile } from './node/token-file.ts';
export { type FileToWrite, writeAllAtomically } from './node/write-atomically.ts';
export { writeSafetensors, writeShardedSafetensors } from './node/write-safetensors.ts';

/**
 * Reads a safetensors file into memory; {@link openTensorFile} reads single tensors. The header is checked before memory
 * for the tensors is taken.
 *
 * @throws {RangeError} naming the path, the byte and the tensor, if the file is not exactly as the format says
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const file = await openFileBytes(path);
  try {
    await openSafetensors(file, { source: path });
    return decodeSafetensors(await file.read(0, file.size), path);
  } finally {
    await file.close();
  }
}

/** Writes {@link encodeTrainingState} to a file, as {@link writeSafetensors} does. */
export async function saveTrainingState(
  path: string,
  model: Module,
  optimizer: Optimizer,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = encodeTrainingState(model, optimizer, metadata);
  await writeAtomically(path, (file) => writeChunks(file, [bytes]));
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
