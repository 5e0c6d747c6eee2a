import { type TensorData, tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { encodeSafetensors } from '../safetensors/encode.ts';
import { openSafetensors } from '../safetensors/open.ts';
import { shardSafetensors } from '../safetensors/shard.ts';
import { streamSafetensors } from '../safetensors/stream.ts';
import type { ByteSource } from './byte-source.ts';
import { castTensor } from './convert.ts';
import { bytesOfTensor, type RawTensor } from './element-type.ts';
import { openShards } from './open-shards.ts';
import { openTensors } from './open-tensors.ts';
import { renameTensors } from './rename-tensors.ts';
import { tensorSource } from './tensor-source.ts';

const weight = tensorData(
  Float32Array.from({ length: 12 }, (_, index) => index),
  [4, 3],
);
const wide: RawTensor = { elementType: 'I64', shape: [2], data: BigInt64Array.of(7n, 2n ** 40n) };
const tensors: Record<string, TensorData | RawTensor> = {
  weight,
  half: castTensor(weight, 'F16'),
  wide,
  scalar: tensorData(Int32Array.of(5), []),
};
const file = encodeSafetensors(tensors, { format: 'pt' });

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return new Uint8Array(await new Blob(all as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** A source that notes which bytes were asked for. */
function recorded(bytes: Uint8Array): ByteSource & { readonly asked: [number, number][] } {
  const asked: [number, number][] = [];
  return {
    size: bytes.length,
    asked,
    async read(begin, end) {
      asked.push([begin, end]);
      return bytes.subarray(begin, end);
    },
  };
}

test('an open file knows its tensors and reads only what is asked for', async () => {
  const bytes = recorded(file);
  const source = await openSafetensors(bytes, { source: 'model.safetensors' });
  const headerEnd = 8 + new DataView(file.buffer).getUint32(0, true);
  expect(bytes.asked.splice(0)).toEqual([
    [0, 8],
    [8, headerEnd],
  ]);
  expect(Object.fromEntries(source.tensors)).toMatchObject({ half: { elementType: 'F16', shape: [4, 3] } });
  expect(source.metadata).toEqual({ format: 'pt' });
  expect(await source.read('weight', [[1, 3]])).toEqual(tensorData(weight.data.slice(3, 9), [2, 3]));
  const begin = headerEnd + 16; // after the I64
  expect(bytes.asked).toEqual([[begin + 12, begin + 36]]);
  expect(await source.read('half', [undefined, [1, 2]])).toEqual(
    tensorData(Float32Array.of(1, 4, 7, 10), [4, 1]),
  );
  expect(await source.readRaw('wide')).toEqual(wide);
  expect(await source.read('scalar')).toEqual(tensors.scalar);
});

test('bytes give views, blobs copies, of the same values', async () => {
  const views = await openTensors(file);
  expect((await views.readRaw('weight')).data.buffer).toBe(file.buffer);
  const blob = await openTensors(new Blob([file as Uint8Array<ArrayBuffer>]));
  for (const name of views.tensors.keys())
    expect(await blob.readRaw(name)).toEqual(await views.readRaw(name));
});

test('what cannot be read is said with file and tensor', async () => {
  const source = await openTensors(file, { source: 'x.safetensors' });
  await expect(source.read('wide')).rejects.toThrow(
    'TensorSource.read: x.safetensors, tensor "wide": element 1 must fit int32, got 1099511627776. Read the raw tensor.',
  );
  await expect(source.read('bias')).rejects.toThrow('must be one of the 4 of x.safetensors, got "bias".');
  await expect(source.read('weight', [[2, 5]])).rejects.toThrow(
    'ranges[0] must be integers from 0 to 4 for "weight", got [2,5].',
  );
  await expect(source.read('scalar', [[0, 1]])).rejects.toThrow(
    'at most one for each axis of "scalar" [], got 1',
  );
  const shrinking = await openTensors(
    { size: file.length, read: async (begin, end) => file.subarray(begin, begin > 300 ? end - 1 : end) },
    { source: 'shrinking' },
  );
  await expect(shrinking.read('half')).rejects.toThrow(
    /^openSafetensors: shrinking, byte \d+: reading must give 24 bytes, got 23. Was the file changed/,
  );
});

test('a streamed file is the encoded one, and large tensors go in parts', async () => {
  expect(await joined(streamSafetensors(tensors, { format: 'pt' }))).toEqual(file);
  expect(await joined(streamSafetensors(await openTensors(file)))).toEqual(file); // with its metadata
  const large = { elementType: 'U8', shape: [40, 2 ** 20], data: new Uint8Array(40 * 2 ** 20) } as const;
  const sizes: number[] = [];
  for await (const chunk of streamSafetensors({ large })) sizes.push(chunk.length);
  expect(sizes.slice(1)).toEqual([2 ** 24, 2 ** 24, 2 ** 23]);
});

test('arrays are a source of views', async () => {
  const source = tensorSource(new Map(Object.entries(tensors)));
  expect((await source.readRaw('weight')).data.buffer).toBe(weight.data.buffer);
  expect(bytesOfTensor(await source.readRaw('half', [[3, 4]])).length).toBe(6);
  expect(tensorSource(source)).toBe(source);
});

test('tensors get other names by their beginnings or by a function', async () => {
  const source = tensorSource({ 'bert.a': weight, 'bert.pooler.b': weight, 'cls.c': weight, d: weight });
  const renamed = renameTensors(source, { 'bert.': 'encoder.', 'bert.pooler.': 'pool.', 'cls.': undefined });
  expect([...renamed.tensors.keys()]).toEqual(['encoder.a', 'pool.b', 'd']);
  expect(await renamed.read('pool.b')).toEqual(weight);
  expect([...renameTensors(source, (name) => name.split('.')[1]).tensors.keys()]).toEqual([
    'a',
    'pooler',
    'c',
  ]);
  expect(() => renameTensors(source, () => 'x')).toThrow(
    'renameTensors: names must stay different, got "x" for "bert.a" and "bert.pooler.b" of memory.',
  );
});

test('shards hold so many bytes, and are opened only where they are needed', async () => {
  const parts = shardSafetensors(tensors, { shardBytes: 60, metadata: { format: 'pt' } });
  const files = new Map<string, Uint8Array>();
  for (const { fileName, chunks } of parts) files.set(fileName, await joined(chunks()));
  expect([...files.keys()]).toEqual([
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
  ]);
  const index = files.get('model.safetensors.index.json')!;
  expect(new TextDecoder().decode(index)).toBe(`{
  "metadata": {
    "total_size": 92
  },
  "weight_map": {
    "half": "model-00002-of-00002.safetensors",
    "scalar": "model-00002-of-00002.safetensors",
    "weight": "model-00001-of-00002.safetensors",
    "wide": "model-00002-of-00002.safetensors"
  }
}
`);
  const opened: string[] = [];
  const openFile = (name: string) => {
    opened.push(name);
    return openTensors(files.get(name)!, { source: name });
  };
  const source = await openShards(index, openFile);
  expect(opened.splice(0).length).toBe(2);
  expect(source.metadata).toEqual({ format: 'pt' });
  for (const [name, tensor] of Object.entries(tensors)) {
    expect(bytesOfTensor(await source.readRaw(name))).toEqual(
      new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength),
    );
  }
  const some = await openShards(index, openFile, { names: 'w{eight,onder}' });
  expect([[...some.tensors.keys()], opened]).toEqual([['weight'], ['model-00001-of-00002.safetensors']]);
  expect(shardSafetensors(tensors).map(({ fileName }) => fileName)).toEqual(['model.safetensors']);
  expect(() => shardSafetensors(tensors, { shardBytes: 0 })).toThrow('shardBytes must be above 0, got 0.');
});

test.each([
  ['{"weight_map":{"a":"../a.safetensors"}}', 'tensor "a" must be in a file beside the index, got "../a.saf'],
  ['{"weight_map":{"a":".."}}', 'tensor "a" must be in a file beside the index, got "..".'],
  ['{"weight_map":{"a":"C:\\\\x"}}', 'must be in a file beside the index'],
  ['{"weight_map":{"a":3}}', 'must be in a file beside the index, got 3'],
  ['{"weight_map":{"other":"x"}}', 'tensor "other" must be in x, it is not there.'],
  ['{"weight_map":["a"]}', 'the index must have a weight_map of names to files, got ["a"]'],
  ['{"weight_map":{"a":"x","a":"y"}}', 'the index must name everything once, got "a" twice'],
  ['[]', 'openShards: i.json: the index must begin with {.'],
])('a hostile index is refused: %s', async (text, message) => {
  const index = new TextEncoder().encode(text);
  const openFile = () => openTensors(encodeSafetensors({ a: weight }));
  await expect(openShards(index, openFile, { source: 'i.json' })).rejects.toThrow(message);
});
