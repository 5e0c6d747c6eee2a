import { type Tensors, tensorSource } from '../tensor-files/tensor-source.ts';
import { byteCount, streamSafetensors } from './stream.ts';

/** Options of {@link shardSafetensors}. */
export interface ShardOptions {
  /** Bytes of tensors that a file holds at most, unless one alone has more; default 5 000 000 000, as Hugging Face has it. */
  readonly shardBytes?: number;
  /** What the files are called; default `model`. */
  readonly name?: string;
  /** Free strings kept in the header of each file; default the source's. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A file that is to be written. */
export interface ShardFile {
  readonly fileName: string;
  /** Its bytes, piece by piece. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * Tensors as the files of a Hugging Face checkpoint: `model.safetensors` where one is enough, else
 * `model-00001-of-00003.safetensors` … and, last, `model.safetensors.index.json`, which says where each tensor is.
 *
 * @param tensors arrays, or a source whose tensors are read when their turn comes
 * @throws {RangeError} if `shardBytes` is no positive number
 * @example
 * for (const { fileName, chunks } of shardSafetensors(modelData(model), { shardBytes: 2e9 })) {
 *   await write(await folder.getFileHandle(fileName, { create: true }), chunks());
 * }
 */
export function shardSafetensors(
  tensors: Tensors,
  { shardBytes = 5e9, name = 'model', metadata }: ShardOptions = {},
): readonly ShardFile[] {
  if (!(shardBytes > 0)) {
    throw new RangeError(`shardSafetensors: shardBytes must be above 0, got ${shardBytes}.`);
  }
  const source = tensorSource(tensors);
  const shards: string[][] = [];
  let [free, totalSize] = [0, 0];
  for (const [tensorName, entry] of source.tensors) {
    const size = byteCount(entry);
    if (shards.length === 0 || (size > free && shards.at(-1)!.length > 0)) {
      shards.push([]);
      free = shardBytes;
    }
    shards.at(-1)!.push(tensorName);
    free -= size;
    totalSize += size;
  }
  const kept = metadata ?? source.metadata;
  if (shards.length <= 1) {
    return [{ fileName: `${name}.safetensors`, chunks: () => streamSafetensors(source, kept) }];
  }
  const numbered = (index: number): string => String(index).padStart(5, '0');
  const fileNames = shards.map(
    (_, index) => `${name}-${numbered(index + 1)}-of-${numbered(shards.length)}.safetensors`,
  );
  const files = shards.map((names, index): ShardFile => {
    const entries = new Map(names.map((each) => [each, source.tensors.get(each)!]));
    return {
      fileName: fileNames[index]!,
      chunks: () => streamSafetensors({ ...source, tensors: entries }, kept),
    };
  });
  const places = shards.flatMap((names, index) => names.map((each) => [each, fileNames[index]!] as const));
  return [
    ...files,
    { fileName: `${name}.safetensors.index.json`, chunks: () => indexFile(places, totalSize) },
  ];
}

async function* indexFile(
  places: readonly (readonly [name: string, fileName: string])[],
  totalSize: number,
): AsyncGenerator<Uint8Array, void, void> {
  const weightMap = Object.fromEntries([...places].sort(([a], [b]) => (a < b ? -1 : 1)));
  const index = { metadata: { total_size: totalSize }, weight_map: weightMap };
  yield new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`);
}
