import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensorData } from '@wordloom/compile';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeRawSafetensors } from '../safetensors/decode.ts';
import { encodeSafetensors } from '../safetensors/encode.ts';
import { tensorSource } from '../tensor-files/tensor-source.ts';
import { openTensorFile } from './open-tensor-file.ts';
import { writeSafetensors, writeShardedSafetensors } from './write-safetensors.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-'));
});
afterAll(() => rm(folder, { recursive: true }));

const tensors = {
  a: tensorData(Float32Array.of(1, 2, 3, 4), [2, 2]),
  b: tensorData(Int32Array.of(1, 2, 3), [3]),
  c: tensorData(Float32Array.of(9), [1]),
};

test('a file is opened by its path, by its index or by its folder', async () => {
  const model = join(folder, 'opened');
  await writeShardedSafetensors(model, tensors, { metadata: { format: 'pt' } });
  expect(await readFile(join(model, 'model.safetensors'))).toEqual(
    Buffer.from(encodeSafetensors(tensors, { format: 'pt' })),
  );
  for (const shardBytes of [1e9, 16]) {
    const names = await writeShardedSafetensors(model, tensors, { shardBytes });
    for (const path of [model, join(model, names.at(-1)!)]) {
      await using file = await openTensorFile(path);
      expect(await file.read('a', [[1, 2]])).toEqual(tensorData(Float32Array.of(3, 4), [1, 2]));
      expect(await file.read('b')).toEqual(tensors.b);
    }
    const some = await openTensorFile(model, { names: ['a', /c/] });
    expect([...some.tensors.keys()]).toEqual(['a', 'c']);
    await some.close();
    await some.close();
    await expect(some.read('a')).rejects.toThrow('file closed');
  }
});

test("a folder with PyTorch's file is opened, and goes over to safetensors in pieces", async () => {
  const model = join(folder, 'torch');
  await mkdir(model);
  const fixtures = new URL('../../fixtures/checkpoints/', import.meta.url);
  await copyFile(new URL('state-dict.bin', fixtures), join(model, 'pytorch_model.bin'));
  const path = join(model, 'model.safetensors');
  {
    await using torch = await openTensorFile(model);
    await writeSafetensors(path, torch);
  }
  const written = decodeRawSafetensors(await readFile(path));
  const expected = decodeRawSafetensors(await readFile(new URL('state-dict.safetensors', fixtures)));
  expect(written.metadata).toEqual({ format: 'pt' });
  expect(new Map([...written.tensors].sort())).toEqual(new Map([...expected.tensors].sort()));
});

test('writing again leaves no file of the checkpoint before', async () => {
  const model = join(folder, 'again');
  const shards = await writeShardedSafetensors(model, tensors, { shardBytes: 1 });
  await writeFile(join(model, 'config.json'), '{}');
  await writeFile(join(model, 'model-best.safetensors'), '');
  expect(shards).toEqual([1, 2, 3].map((n) => `model-0000${n}-of-00003.safetensors`).concat(shards[3]!));
  expect(await writeShardedSafetensors(model, tensors)).toEqual(['model.safetensors']);
  expect((await readdir(model)).sort()).toEqual([
    'config.json',
    'model-best.safetensors',
    'model.safetensors',
  ]);
});

test('when a tensor cannot be read, the checkpoint before stays and nothing else', async () => {
  const model = join(folder, 'failing');
  await writeShardedSafetensors(model, tensors, { shardBytes: 16 });
  const before = await readdir(model);
  const source = tensorSource(tensors);
  const failing = {
    ...source,
    readRaw: async (name: string) => {
      if (name === 'c') throw new Error('gone');
      return source.readRaw(name);
    },
  };
  await expect(writeShardedSafetensors(model, failing, { shardBytes: 1 })).rejects.toThrow('gone');
  await expect(writeSafetensors(join(model, 'x.safetensors'), failing)).rejects.toThrow('gone');
  expect(await readdir(model)).toEqual(before);
  await using file = await openTensorFile(model);
  expect(await file.read('c')).toEqual(tensors.c);
});

test('files that are missing, shorter than they were or of no model are refused by path', async () => {
  const model = join(folder, 'refused');
  await mkdir(model);
  await expect(openTensorFile(model)).rejects.toThrow(
    `openTensorFile: ${model} must hold one of model.safetensors, model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json, got nothing.`,
  );
  const path = join(model, 'model.safetensors');
  await writeSafetensors(path, tensors);
  const file = await openTensorFile(path);
  await truncate(path, 200);
  await expect(file.read('b')).rejects.toThrow(`openSafetensors: ${path}, byte `);
  await file.close();
  await expect(openTensorFile(path)).rejects.toThrow(`openSafetensors: ${path}, byte 200: tensor "`);
  const index = join(model, 'model.safetensors.index.json');
  await writeFile(index, '{"weight_map":{"a":"lost.safetensors"}}');
  await expect(openTensorFile(index)).rejects.toThrow('ENOENT');
});
