import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type NamePattern, nameMatcher } from '../module/name-pattern.ts';
import { type OpenShardsOptions, openShards } from '../tensor-files/open-shards.ts';
import { type OpenTensorsOptions, openTensors } from '../tensor-files/open-tensors.ts';
import { renameTensors } from '../tensor-files/rename-tensors.ts';
import type { TensorSource } from '../tensor-files/tensor-source.ts';
import { type OpenFile, openFileBytes } from './file-bytes.ts';

/** Tensors on a disk. */
export interface TensorFile extends TensorSource {
  /** Nothing can be read afterwards. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of {@link openTensorFile}. */
export type OpenTensorFileOptions = Omit<OpenTensorsOptions, 'source'> & Pick<OpenShardsOptions, 'names'>;

/** What a folder of Hugging Face's holds, the first one there counts. */
const CHECKPOINTS = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
];

/**
 * Opens a checkpoint: a safetensors file, a PyTorch file, the `.index.json` of one that is split, or the folder of a Hugging
 * Face model. What is in it is known at once; tensors are read when they are asked for.
 *
 * @throws {RangeError} naming the path, the byte and the tensor, if a file is not exactly as its format says
 * @example
 * await using file = await openTensorFile('gpt2');
 * const report = await loadParametersFrom(model, file, { rename: { 'transformer.': '' } });
 */
export async function openTensorFile(path: string, options: OpenTensorFileOptions = {}): Promise<TensorFile> {
  const { names, ...rest } = options;
  const files: OpenFile[] = [];
  const openFile = async (file: string): Promise<TensorSource> => {
    const bytes = await openFileBytes(file);
    files.push(bytes);
    return openTensors(bytes, { ...rest, source: file });
  };
  const close = async (): Promise<void> => {
    await Promise.all(files.splice(0).map((file) => file.close()));
  };
  try {
    const chosen = (await stat(path)).isDirectory() ? await checkpointIn(path) : path;
    let source: TensorSource;
    if (chosen.endsWith('.json')) {
      const index = await openFileBytes(chosen);
      files.push(index);
      const shards: OpenShardsOptions = names === undefined ? { source: chosen } : { source: chosen, names };
      source = await openShards(index, (name) => openFile(join(dirname(chosen), name)), shards);
    } else source = await openFile(chosen);
    if (names !== undefined) source = chooseTensors(source, names);
    return { ...source, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

function chooseTensors(source: TensorSource, names: NamePattern): TensorSource {
  const isNeeded = nameMatcher(names);
  return renameTensors(source, (name) => (isNeeded(name) ? name : undefined));
}

async function checkpointIn(folder: string): Promise<string> {
  const present = new Set(await readdir(folder));
  const found = CHECKPOINTS.find((name) => present.has(name));
  if (found) return join(folder, found);
  throw new RangeError(
    `openTensorFile: ${folder} must hold one of ${CHECKPOINTS.join(', ')}, got ${[...present].slice(0, 10).join(', ') || 'nothing'}.`,
  );
}
