import { expect, test } from 'vitest';
import { Parameter } from '../module/parameter.ts';
import { AdamW } from './adamw.ts';
import { decaysMatrices } from './optimizer.ts';
import { layerwiseLearningRates } from './parameter-group.ts';
import { SGD } from './sgd.ts';

const NAMES = ['embeddings.weight', 'layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'head.weight'];

function parameters(): Map<string, Parameter> {
  return new Map(
    NAMES.map((name) => [name, new Parameter(Float32Array.of(1, 2), name.endsWith('bias') ? [2] : [1, 2])]),
  );
}

const gradients = Object.fromEntries(NAMES.map((name) => [name, Float32Array.of(1, 1)]));
const steps = (all: ReadonlyMap<string, Parameter>): number[] =>
  Array.from(all.values(), ({ data }) => 1 - data[0]!);

test('each parameter has the settings of the groups that take it, the last one winning, and every scale', () => {
  const grouped = parameters();
  const optimizer = new AdamW(grouped, {
    weightDecay: 0.1,
    decays: decaysMatrices,
    groups: [
      { parameters: (name) => name.startsWith('layers'), beta1: 0.5, learningRateScale: 0.5 },
      { parameters: (_, { shape }) => shape.length === 1, beta1: 0.6 },
      { parameters: (name) => name.startsWith('layers.1'), learningRateScale: 0.2, weightDecay: 0.3 },
    ],
  });
  for (let step = 0; step < 3; step++) optimizer.step(gradients, { learningRate: 0.1 });

  const expected = { weightDecay: 0.1, learningRate: 0.1 };
  const own: Record<string, object> = {
    'embeddings.weight': expected,
    'layers.0.weight': { ...expected, beta1: 0.5, learningRate: 0.05 },
    'layers.0.bias': { beta1: 0.6, learningRate: 0.05, weightDecay: 0 },
    'layers.1.weight': { beta1: 0.5, learningRate: 0.1 * 0.5 * 0.2, weightDecay: 0.3 },
    'head.weight': expected,
  };
  for (const [name, options] of Object.entries(own)) {
    const parameter = parameters().get(name)!;
    const single = new AdamW(new Map([[name, parameter]]), options);
    for (let step = 0; step < 3; step++) single.step({ [name]: gradients[name]! });
    expect(grouped.get(name)!.data, name).toEqual(parameter.data);
  }
});

test('a group may remember more than the others, and that is saved and loaded', () => {
  const options = { groups: [{ parameters: (name: string) => name.startsWith('layers.0'), momentum: 0.9 }] };
  const all = parameters();
  const optimizer = new SGD(all, options);
  optimizer.step(gradients);
  const state = optimizer.state();
  expect(Object.keys(state.tensors)).toEqual(['momentum.layers.0.weight', 'momentum.layers.0.bias']);
  const copy = new SGD(all, options);
  copy.loadState(state);
  expect(copy.state()).toEqual(state);
  expect(() =>
    copy.loadState({
      stepCount: 1,
      tensors: { 'momentum.head.weight': state.tensors['momentum.layers.0.weight']! },
    }),
  ).toThrow('SGD.loadState: tensors of head.weight must be none, got momentum.head.weight.');
  expect(copy.state()).toEqual(state);
});

test('layer-wise rates fall from the output to the input', () => {
  const all = parameters();
  const layers = ['embeddings.', 'layers.0.', 'layers.1.'];
  const optimizer = new SGD(all, { learningRate: 1, groups: layerwiseLearningRates({ decay: 0.5, layers }) });
  optimizer.step(gradients);
  expect(steps(all)).toEqual([0.125, 0.25, 0.25, 0.5, 1]);
  expect(() => layerwiseLearningRates({ decay: 0, layers })).toThrow(
    'layerwiseLearningRates: decay must be in (0, 1], got 0.',
  );
});

test('groups with settings that are unknown or out of range are refused', () => {
  const all = () => true;
  const group = (settings: object) => () =>
    new AdamW(parameters(), { groups: [{ parameters: all, ...settings }] });
  expect(group({ momentum: 0.9 })).toThrow(
    'AdamW: groups must set only learningRateScale, weightDecay, beta1, beta2, epsilon, amsgrad, got momentum.',
  );
  expect(group({ beta1: 1 })).toThrow('AdamW: beta1 must be in [0, 1), got 1.');
  expect(group({ weightDecay: -1 })).toThrow('AdamW: weightDecay must not be negative, got -1.');
  expect(group({ learningRateScale: -1 })).toThrow('AdamW: learningRateScale must not be negative, got -1.');
});
