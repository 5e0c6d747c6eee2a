import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { tensorData } from '@wordloom/compile';
import { parameterData } from '@wordloom/nn-core';
import { writeSafetensors } from '@wordloom/nn-core/node';
import { Gpt, type GptConfig } from '@wordloom/transformer';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadEngine } from './engine.ts';
import type { TrainJob } from './protocol.ts';
import { trainTurns } from './train-turns.ts';

const config: Required<GptConfig> = {
  vocabSize: 5,
  contextLength: 4,
  embeddingSize: 8,
  headCount: 2,
  layerCount: 1,
  dropout: 0,
  bias: true,
  activation: 'gelu',
  normEpsilon: 1e-5,
};
let folder: string;
let job: TrainJob;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-turns-'));
  const [weightsPath, dataPath] = [join(folder, 'weights'), join(folder, 'data')];
  await writeSafetensors(weightsPath, parameterData(new Gpt(config, { seed: 3 }).namedParameters()));
  await writeSafetensors(dataPath, {
    inputs: tensorData(Int32Array.of(0, 1, 2, 3, 4, 0, 1, 2), [2, 1, 4]), // two steps of one window
    targets: tensorData(Int32Array.of(1, 2, 3, 4, 0, 1, 2, 3), [2, 1, 4]),
  });
  const optimizer = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 };
  job = {
    task: 'train',
    model: { architecture: 'gpt', config },
    threads: 1,
    optimizer,
    weightsPath,
    dataPath,
  };
});
afterAll(() => rm(folder, { recursive: true }));

it('training goes on from turn to turn, over the same batches again, with a time and a loss for each step', async () => {
  const compiled = await trainTurns(job, await loadEngine('wordloom', 1));
  expect(compiled.buildMilliseconds).toBeGreaterThan(0);
  const first = await compiled.turn(1);
  const more = await compiled.turn(4);
  expect([first.milliseconds.length, more.milliseconds.length]).toEqual([1, 4]);
  const losses = [...first.outcomes, ...more.outcomes];
  expect(losses[2]).toBeLessThan(losses[0]!); // the first batch again, learned once
  expect(losses[4]).toBeLessThan(losses[2]!);

  await tf.setBackend('cpu');
  const eager = await trainTurns(job, { versions: {} });
  expect(eager.buildMilliseconds).toBeNull();
  const { outcomes } = await eager.turn(5);
  for (const [step, loss] of outcomes.entries()) expect(loss).toBeCloseTo(losses[step]!, 4);
});
