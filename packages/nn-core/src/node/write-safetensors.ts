import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ShardOptions, shardSafetensors } from '../safetensors/shard.ts';
import { streamSafetensors } from '../safetensors/stream.ts';
import type { Tensors } from '../tensor-files/tensor-source.ts';
import { writeAllAtomically, writeAtomically, writeChunks } from './write-atomically.ts';

/**
 * Writes a safetensors file, under a temporary name first: `path` holds the old contents or the new, never a part. The file
 * is never in memory as a whole.
 *
 * @param tensors  arrays, which must not change until they are written, or a source, whose tensors are read when their turn
 * comes: another file, say
 * @param metadata free strings kept in the header; default the source's
 * @throws {ShapeError} if a tensor's data does not fit its shape or type @throws {RangeError} if a name is reserved
 * @example
 * await using torch = await openTensorFile('pytorch_model.bin');
 * await writeSafetensors('model.safetensors', torch, { format: 'pt' });
 */
export async function writeSafetensors(
  path: string,
  tensors: Tensors,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  await writeAtomically(path, (file) => writeChunks(file, streamSafetensors(tensors, metadata)));
}

/**
 * Writes a checkpoint as the files of a Hugging Face model: `model.safetensors`, or shards with an index where one file would
 * be too large. The folder is made if needed. All files are whole under temporary names before the first gets its own; then
 * the files of an older checkpoint of that name which these do not replace are removed.
 *
 * @param tensors arrays, which must not change until they are written, or a source, whose tensors are read when their turn
 * comes
 * @returns the names of the files, the index last
 * @throws {ShapeError} if a tensor's data does not fit its shape or type @throws {RangeError} if a name is reserved
 * @example
 * await writeShardedSafetensors('my-model', modelData(model), { shardBytes: 2e9, metadata: { format: 'pt' } });
 */
export async function writeShardedSafetensors(
  folder: string,
  tensors: Tensors,
  options: ShardOptions = {},
): Promise<readonly string[]> {
  const files = shardSafetensors(tensors, options);
  await mkdir(folder, { recursive: true });
  await writeAllAtomically(
    files.map(({ fileName, chunks }) => ({
      path: join(folder, fileName),
      write: (file) => writeChunks(file, chunks()),
    })),
  );
  const written = new Set(files.map(({ fileName }) => fileName));
  const { name = 'model' } = options;
  const stale = (await readdir(folder)).filter((each) => belongsTo(name, each) && !written.has(each));
  await Promise.all(stale.map((each) => rm(join(folder, each), { force: true })));
  return [...written];
}

function belongsTo(name: string, fileName: string): boolean {
  if (!fileName.startsWith(name)) return false;
  return /^(-\d{5}-of-\d{5})?\.safetensors$|^\.safetensors\.index\.json$/.test(fileName.slice(name.length));
}
