import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensorData } from '@wordloom/compile';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Linear } from './layers/linear.ts';
import { loadTrainingState, readSafetensors, saveTrainingState, writeSafetensors } from './node.ts';
import { AdamW } from './optimizers/adamw.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wordloom-'));
});
afterAll(() => rm(folder, { recursive: true }));

const tensors = { weight: tensorData(Float32Array.of(1, 2, 3), [3]) };

test('files are read back as written, and no temporary file stays', async () => {
  const path = join(folder, 'model.safetensors');
  await writeSafetensors(path, { weight: tensorData(new Float32Array(9), [9]) });
  await writeSafetensors(path, tensors, { format: 'pt' });
  expect(await readSafetensors(path)).toEqual({
    tensors: new Map(Object.entries(tensors)),
    metadata: { format: 'pt' },
  });
  expect(await readdir(folder)).toEqual(['model.safetensors']);
});

test('a write that fails leaves no temporary file', async () => {
  await expect(writeSafetensors(join(folder, 'missing', 'x'), tensors)).rejects.toThrow('ENOENT');
  await expect(writeSafetensors(folder, tensors)).rejects.toThrow();
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('hostile files are refused by path, before their size is believed', async () => {
  const path = join(folder, 'hostile.safetensors');
  for (const bytes of [new Uint8Array(0), new Uint8Array(5), new Uint8Array(64).fill(0xff)]) {
    await writeFile(path, bytes);
    await expect(readSafetensors(path)).rejects.toThrow(`openSafetensors: ${path}, byte `);
  }
});

test('a training state is one file from which model and optimizer go on', async () => {
  const path = join(folder, 'state.safetensors');
  const make = () => {
    const model = new Linear(3, 2);
    return { model, optimizer: new AdamW(model.namedParameters()) };
  };
  const gradients = { weight: Float32Array.of(1, 2, 3, 4, 5, 6), bias: Float32Array.of(-1, 1) };
  const { model, optimizer } = make();
  optimizer.step(gradients);
  await saveTrainingState(path, model, optimizer, { seed: '7' });

  const resumed = make();
  expect(await loadTrainingState(path, resumed.model, resumed.optimizer)).toEqual({ seed: '7' });
  expect(resumed.optimizer.state()).toEqual(optimizer.state());
  optimizer.step(gradients);
  resumed.optimizer.step(gradients);
  expect(resumed.model.weight.data).toEqual(model.weight.data);

  const other = new Linear(3, 3);
  const before = other.weight.data.slice();
  const otherOptimizer = new AdamW(other.namedParameters());
  await expect(loadTrainingState(path, other, otherOptimizer)).rejects.toThrow(
    `${path}: tensors must match the model's parameters, got misshaped: weight (expected float32 [3,3], got float32 [2,3])`,
  );
  expect([other.weight.data, otherOptimizer.stepCount]).toEqual([before, 0]);
  await writeSafetensors(path, tensors);
  await expect(loadTrainingState(path, model, optimizer)).rejects.toThrow(
    `${path} must have stepCount in its metadata, got none. Is it a model file?`,
  );
  await expect(saveTrainingState(path, model, optimizer, { stepCount: '3' })).rejects.toThrow(
    'must not hold stepCount',
  );
});
