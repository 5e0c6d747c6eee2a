import { type NamePattern, nameMatcher } from '../module/name-pattern.ts';
import { byteSource, type FileBytes } from './byte-source.ts';
import { readingSource, type TensorEntry, type TensorSource } from './tensor-source.ts';
import { isObject, parseUniqueJson, quote } from './unique-json.ts';

/** Options of {@link openShards}. */
export interface OpenShardsOptions {
  /** What errors call the index, such as its path. */
  readonly source?: string;
  /** The tensors that are needed; default all. Files that hold none of them are not opened and need not be there. */
  readonly names?: NamePattern;
}

/** More than the index of any model; so that a strange file is not read into memory. */
const MAX_INDEX_BYTES = 100_000_000;

/**
 * Opens a checkpoint that is split into files, from its index: Hugging Face's `model.safetensors.index.json` or
 * `pytorch_model.bin.index.json`. The files' headers are read now, a tensor when it is asked for.
 *
 * @param index    the index
 * @param openFile opens a file that stands beside the index: a plain name, no path
 * @throws {RangeError} if the index is not as it should be, or a file lacks a tensor that it promises
 * @example
 * const source = await openShards(files.get('model.safetensors.index.json'), (name) => openTensors(files.get(name)));
 */
export async function openShards(
  index: FileBytes,
  openFile: (fileName: string) => Promise<TensorSource>,
  { source = 'index', names = '**' }: OpenShardsOptions = {},
): Promise<TensorSource> {
  const refuse = (problem: string): RangeError => new RangeError(`openShards: ${source}: ${problem}.`);
  const file = byteSource(index, `openShards: ${source}`);
  if (file.size > MAX_INDEX_BYTES) {
    throw refuse(`the index must be at most ${MAX_INDEX_BYTES} bytes, got ${file.size}`);
  }
  const places = [...parseIndex(await file.read(0, file.size), refuse)];
  const isNeeded = nameMatcher(names);
  const needed = places.filter(([name]) => isNeeded(name));
  const opened = new Map<string, TensorSource>();
  for (const [, fileName] of needed) {
    if (!opened.has(fileName)) opened.set(fileName, await openFile(fileName));
  }
  const tensors = new Map<string, TensorEntry>();
  const shards = new Map<string, TensorSource>();
  for (const [name, fileName] of needed) {
    const shard = opened.get(fileName)!;
    const entry = shard.tensors.get(name);
    if (!entry) throw refuse(`tensor ${quote(name)} must be in ${fileName}, it is not there`);
    tensors.set(name, entry);
    shards.set(name, shard);
  }
  const metadata = opened.values().next().value?.metadata ?? {};
  return readingSource({ source, metadata, tensors }, (name, ranges) =>
    shards.get(name)!.readRaw(name, ranges),
  );
}

function parseIndex(bytes: Uint8Array, refuse: (problem: string) => RangeError): Map<string, string> {
  const { weight_map: weightMap } = parseUniqueJson(bytes, 3, 'the index', refuse);
  if (!isObject(weightMap)) {
    throw refuse(`the index must have a weight_map of names to files, got ${quote(weightMap)}`);
  }
  const places = new Map<string, string>();
  for (const [name, fileName] of Object.entries(weightMap)) {
    if (typeof fileName !== 'string' || !/^(?!\.\.?$)[^/\\:\0]+$/.test(fileName)) {
      throw refuse(`tensor ${quote(name)} must be in a file beside the index, got ${quote(fileName)}`);
    }
    places.set(name, fileName);
  }
  return places;
}
