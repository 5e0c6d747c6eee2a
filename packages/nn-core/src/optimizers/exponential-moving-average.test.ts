import { tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { expectClose } from '../../test/pytorch.ts';
import { Parameter } from '../module/parameter.ts';
import { decodeSafetensors } from '../safetensors/decode.ts';
import { encodeSafetensors } from '../safetensors/encode.ts';
import { AdamW } from './adamw.ts';
import {
  ExponentialMovingAverage,
  type ExponentialMovingAverageOptions,
} from './exponential-moving-average.ts';

function setUp(options: ExponentialMovingAverageOptions = {}) {
  const parameters = new Map([['a.weight', new Parameter(Float32Array.of(1, -2), [2])]]);
  const { data } = parameters.get('a.weight')!;
  const average = new ExponentialMovingAverage(parameters, options);
  const means = () => [...average.state().tensors['a.weight']!.data];
  return { parameters, data, average, means };
}

const PATH = [
  [1, -1],
  [3, 0],
  [2, 5],
];

test.each<[ExponentialMovingAverageOptions, (count: number, decay: number) => number]>([
  [{ decay: 0.9, start: 'none' }, (_, decay) => decay],
  [{ decay: 0.25, start: 'warm-up' }, (count, decay) => Math.min(decay, (1 + count) / (10 + count))],
])('the mean follows its recurrence (%o)', (options, keep) => {
  const { data, average, means } = setUp(options);
  let expected = [1, -2];
  for (const [index, weights] of PATH.entries()) {
    data.set(weights);
    average.update();
    const kept = keep(index + 1, options.decay!);
    expected = expected.map((mean, i) => kept * mean + (1 - kept) * weights[i]!);
    expectClose(means(), expected, 1e-6);
  }
});

test('corrected for its start, the mean weighs all weights seen by powers of the decay, and none that came before', () => {
  const { data, average, means } = setUp({ decay: 0.9 });
  for (const weights of PATH) {
    data.set(weights);
    average.update();
  }
  const total = 1 + 0.9 + 0.81;
  expectClose(
    means(),
    [0, 1].map((i) => (0.81 * PATH[0]![i]! + 0.9 * PATH[1]![i]! + PATH[2]![i]!) / total),
    1e-6,
  );
});

test('swapped in for an evaluation, the means are the weights, and the weights come back after it', async () => {
  const { data, average, means } = setUp({ decay: 0.5, start: 'none' });
  data.set([3, 0]);
  average.update();
  const seen = await average.use(async () => {
    expect(average.swappedIn).toBe(true);
    expect(() => average.update()).toThrow(
      'ExponentialMovingAverage.update: the average must be swapped out, got it swapped in. Call swap() first.',
    );
    await expect(average.use(() => 0)).rejects.toThrow('swapped in');
    return [...data];
  });
  expect(seen).toEqual([2, -1]);
  expect([...data]).toEqual([3, 0]);
  await expect(average.use(() => Promise.reject(new Error('no data')))).rejects.toThrow('no data');
  expect([...data]).toEqual([3, 0]);
  expect(means()).toEqual([2, -1]);
});

test('an optimizer’s average moves with its steps and goes on exactly from the saved state', () => {
  const start = setUp({ decay: 0.9, start: 'warm-up' });
  const optimizer = new AdamW(start.parameters, { learningRate: 0.1, average: start.average });
  const gradients = { 'a.weight': Float32Array.of(1, -3) };
  for (let step = 0; step < 3; step++) optimizer.step(gradients);
  expect(start.average.updateCount).toBe(3);

  const { stepCount, tensors } = optimizer.state();
  const saved = Object.fromEntries(decodeSafetensors(encodeSafetensors(tensors)).tensors);
  const other = setUp({ decay: 0.9, start: 'warm-up' });
  other.data.set(start.data);
  const copy = new AdamW(other.parameters, { learningRate: 0.1, average: other.average });
  copy.loadState({ stepCount, tensors: saved });
  optimizer.step(gradients);
  copy.step(gradients);
  expect(copy.state()).toEqual(optimizer.state());

  start.average.swap();
  expect(() => optimizer.step(gradients)).toThrow('AdamW.step: the average must be swapped out');
  expect(() => optimizer.state()).toThrow('AdamW.state: the average must be swapped out');
  expect(optimizer.stepCount).toBe(4);
});

test('states that do not fit are refused before anything changes', () => {
  const { parameters, average } = setUp();
  const optimizer = new AdamW(parameters, { average });
  optimizer.step({ 'a.weight': Float32Array.of(1, 1) });
  const before = structuredClone(optimizer.state());
  const { 'average.a.weight': mean, ...rest } = before.tensors;
  const load = (tensors: typeof rest) => () => optimizer.loadState({ stepCount: 5, tensors });
  expect(load(rest)).toThrow(
    'ExponentialMovingAverage.loadState: tensors must hold every mean, a.weight is missing.',
  );
  expect(load({ ...before.tensors, 'average.b': mean! })).toThrow(
    "names must be those of the average's parameters, got b.",
  );
  expect(load({ ...rest, 'average.a.weight': tensorData(new Float32Array(3), [3]) })).toThrow(
    'a.weight must be float32 [2], got float32 [3].',
  );
  expect(optimizer.state()).toEqual(before);
  expect(() => new AdamW(parameters).loadState(before)).toThrow('got averageCount');
  expect(() => setUp({ decay: 1 })).toThrow('ExponentialMovingAverage: decay must be in [0, 1), got 1.');
});
