import { tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { type AdamWGolden, expectClose, float32, type PlainTensor, readGoldens } from '../../test/pytorch.ts';
import { Parameter } from '../module/parameter.ts';
import { AdamW } from './adamw.ts';
import { clipScale, globalNorm } from './global-norm.ts';
import { decaysMatrices } from './optimizer.ts';

const goldens = readGoldens();

function parametersOf(start: Readonly<Record<string, PlainTensor>>): Map<string, Parameter> {
  return new Map(
    Object.entries(start).map(([name, tensor]) => [name, new Parameter(float32(tensor).data, tensor.shape)]),
  );
}

function arraysOf(gradients: Readonly<Record<string, PlainTensor>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(gradients).map(([name, tensor]) => [name, float32(tensor).data]));
}

const torchOptions = { beta2: 0.95, weightDecay: 0.1, decays: decaysMatrices };

function follow({ start, clipNorm, steps }: AdamWGolden) {
  const parameters = parametersOf(start);
  const optimizer = new AdamW(parameters, torchOptions);
  for (const { learningRate, gradients, norm, matrix, vector } of steps) {
    const arrays = arraysOf(gradients);
    let gradientScale = 1;
    if (clipNorm !== null) {
      const ours = globalNorm(arrays);
      expectClose([ours], [norm!], 1e-6);
      gradientScale = clipScale(ours, clipNorm);
    }
    optimizer.step(arrays, { learningRate, gradientScale });
    expectClose(parameters.get('matrix')!.data, matrix, 1e-6);
    expectClose(parameters.get('vector')!.data, vector, 1e-6);
  }
  return { parameters, optimizer };
}

test('20 steps follow torch.optim.AdamW, with changing learning rates and decay on matrices only', () => {
  const { optimizer } = follow(goldens.adamw);
  const { tensors, stepCount } = optimizer.state();
  expect(stepCount).toBe(20);
  expectClose(tensors['firstMoment.matrix']!.data, goldens.adamw.firstMoment.data, 1e-6);
  expectClose(tensors['secondMoment.matrix']!.data, goldens.adamw.secondMoment.data, 1e-6);
});

test('clipping through gradientScale follows torch.nn.utils.clip_grad_norm_', () => {
  follow(goldens.adamwClipped);
});

test('a loaded state goes on exactly where the other optimizer stopped', () => {
  const { parameters, optimizer } = follow(goldens.adamw);
  const copies = new Map(
    Array.from(parameters, ([name, { data, shape }]) => [name, new Parameter(data.slice(), shape)]),
  );
  const copy = new AdamW(copies, torchOptions);
  copy.loadState(optimizer.state());
  const gradients = arraysOf(goldens.adamw.steps[3]!.gradients);
  optimizer.step(gradients);
  copy.step(gradients);
  expect(copy.stepCount).toBe(21);
  for (const [name, { data }] of parameters) expect(copies.get(name)!.data).toEqual(data);
});

test('parameters without a gradient keep their values and take no moments', () => {
  const parameters = parametersOf(goldens.adamw.start);
  const optimizer = new AdamW(parameters);
  const { matrix } = arraysOf(goldens.adamw.steps[1]!.gradients);
  optimizer.step({ matrix: matrix! });
  expect(parameters.get('vector')!.data).toEqual(float32(goldens.adamw.start.vector!).data);
  expect(Object.keys(optimizer.state().tensors)).toEqual(['firstMoment.matrix', 'secondMoment.matrix']);
});

test('wrong gradients and states are refused before anything changes', () => {
  const parameters = parametersOf(goldens.adamw.start);
  const optimizer = new AdamW(parameters);
  const matrix = new Float32Array(12).fill(1);
  expect(() => optimizer.step({ matrix, other: matrix })).toThrow(
    "AdamW.step: names must be those of the optimizer's parameters, got other.",
  );
  expect(() => optimizer.step({ matrix, vector: matrix })).toThrow(
    'AdamW.step: vector must have 5 elements, got 12.',
  );
  expect(parameters.get('matrix')!.data).toEqual(float32(goldens.adamw.start.matrix!).data);

  const moment = tensorData(matrix, [3, 4]);
  const load =
    (tensors: Record<string, typeof moment>, stepCount = 1) =>
    () =>
      optimizer.loadState({ stepCount, tensors });
  expect(load({ 'firstMoment.matrix': moment })).toThrow('secondMoment.matrix is missing');
  expect(load({ 'thirdMoment.matrix': moment })).toThrow('got thirdMoment.matrix');
  expect(load({ 'firstMoment.other': moment })).toThrow('got other');
  expect(load({ 'firstMoment.vector': moment, 'secondMoment.vector': moment })).toThrow(
    'firstMoment.vector must be float32 [5], got float32 [3,4]',
  );
  expect(load({}, -1)).toThrow('stepCount must be a non-negative integer, got -1');
  expect(optimizer.state()).toEqual({ stepCount: 0, tensors: {} });
});

test('hyperparameters out of range are refused by name', () => {
  const parameters = new Map<string, Parameter>();
  expect(() => new AdamW(parameters, { learningRate: -1 })).toThrow(
    'AdamW: learningRate must not be negative, got -1.',
  );
  expect(() => new AdamW(parameters, { beta2: 1 })).toThrow('AdamW: beta2 must be in [0, 1), got 1.');
  expect(() => new AdamW(parameters, { epsilon: Number.NaN })).toThrow(
    'AdamW: epsilon must not be negative, got NaN.',
  );
});

test('globalNorm is the norm of all gradients as one vector, and not finite exactly if one of them is not', () => {
  expect(globalNorm({ a: Float32Array.of(1, 2, 2, 4), b: Float32Array.of(0, 0, 0, 0, 12) })).toBe(13);
  expect(globalNorm({})).toBe(0);
  expect(globalNorm({ a: new Float32Array(9).fill(3e38) })).toBeCloseTo(Math.fround(3e38) * 3, -30);
  expect(globalNorm({ a: Float32Array.of(1, Number.NaN) })).toBeNaN();
  expect(globalNorm({ a: Float32Array.of(1, -Infinity) })).toBe(Infinity);
  expect([clipScale(0.5, 1), clipScale(4, 1), clipScale(4, Infinity)]).toEqual([1, 1 / (4 + 1e-6), 1]);
});
