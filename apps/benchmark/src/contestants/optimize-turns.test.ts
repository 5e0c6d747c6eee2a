import '@tensorflow/tfjs-backend-cpu';
import { tensorData } from '@wordloom/compile';
import { expect, it } from 'vitest';
import { optimizeTurns } from './optimize-turns.ts';
import type { JobFiles, OptimizeJob, OptimizerName } from './protocol.ts';

const matrix = (value: number) => tensorData(new Float32Array(4).fill(value), [2, 2]);
const files = (): JobFiles => ({
  weights: new Map([
    ['b', matrix(0.25)],
    ['a', matrix(2)],
  ]),
  data: new Map([
    ['0.a', matrix(3)],
    ['0.b', matrix(-3)],
    ['1.a', matrix(0)],
    ['1.b', matrix(0.125)],
  ]),
});
const job = (optimizer: OptimizerName): OptimizeJob => ({
  task: 'optimize',
  model: { architecture: 'lstm', config: { vocabSize: 1, embeddingSize: 1, hiddenSize: 1, layerCount: 1 } },
  threads: 1,
  optimizer,
  clipNorm: 1,
  weightsPath: '',
  dataPath: '',
});

it('clipped steps go on from turn to turn with two gradients in turns, and weights are sampled in the order of names', async () => {
  const turns = optimizeTurns(job('SGD'), files(), { versions: {} });
  const first = await turns.turn(1);
  expect(first.milliseconds).toHaveLength(1);
  const clipped = 3 / (Math.sqrt(72) + 1e-6);
  const after = [2 - 0.01 * clipped, 0.25 + 0.01 * clipped];
  const samples = (values: readonly number[]) => values.flatMap((value) => Array(7).fill(Math.fround(value)));
  expect(first.outcomes).toEqual(samples(after));
  const second = await turns.turn(1);
  const last = [after[0]! - 0.009 * clipped, after[1]! + 0.009 * clipped - 0.01 * 0.125];
  for (const [index, value] of samples(last).entries()) expect(second.outcomes[index]).toBeCloseTo(value, 6);
});

it.each<OptimizerName>(['AdamW', 'Adagrad', 'RMSProp', 'Lion', 'Adafactor', 'Muon'])(
  '%s moves against the gradient',
  async (name) => {
    const { outcomes } = await optimizeTurns(job(name), files(), { versions: {} }).turn(1);
    expect(outcomes[0]).toBeLessThan(2);
    expect(outcomes[7]).toBeGreaterThan(0.25);
  },
);
