import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { tensorData } from '@wordloom/compile';
import { parameterData } from '@wordloom/nn-core';
import { Gpt, type GptConfig } from '@wordloom/transformer';
import { expect, it } from 'vitest';
import { jaxTurns } from '../../peers/jax-js.ts';
import { loadEngine } from './engine.ts';
import type { JobFiles, TrainJob } from './protocol.ts';
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
const job: TrainJob = {
  task: 'train',
  model: { architecture: 'gpt', config },
  threads: 1,
  optimizer: { learningRate: 0.01, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 },
  weightsPath: '',
  dataPath: '',
};
const files: JobFiles = {
  weights: new Map(Object.entries(parameterData(new Gpt(config, { seed: 3 }).namedParameters()))),
  data: new Map([
    ['inputs', tensorData(Int32Array.of(0, 1, 2, 3, 4, 0, 1, 2), [2, 1, 4])], // two steps of one window
    ['targets', tensorData(Int32Array.of(1, 2, 3, 4, 0, 1, 2, 3), [2, 1, 4])],
  ]),
};

it('training goes on from turn to turn, over the same batches again, with a time and a loss for each step', async () => {
  const compiled = await trainTurns(job, files, await loadEngine('wordloom', 1));
  expect(compiled.buildMilliseconds).toBeGreaterThan(0);
  expect(compiled.nodeCount).toBeGreaterThan(0);
  const first = await compiled.turn(1);
  const more = await compiled.turn(4);
  expect([first.milliseconds.length, more.milliseconds.length]).toEqual([1, 4]);
  const losses = [...first.outcomes, ...more.outcomes];
  expect(losses[2]).toBeLessThan(losses[0]!); // the first batch again, learned once
  expect(losses[4]).toBeLessThan(losses[2]!);

  await tf.setBackend('cpu');
  const eager = await trainTurns(job, files, { versions: {} });
  expect(eager.buildMilliseconds).toBeNull();
  for (const peer of [eager, await jaxTurns(job, files)]) {
    const { outcomes } = await peer.turn(5);
    for (const [step, loss] of outcomes.entries()) expect(loss).toBeCloseTo(losses[step]!, 4);
  }
});
