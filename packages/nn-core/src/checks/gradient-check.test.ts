import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, type Runtime, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { Dropout } from '../layers/dropout.ts';
import { Embedding } from '../layers/embedding.ts';
import { LayerNorm } from '../layers/layer-norm.ts';
import { Linear } from '../layers/linear.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { Module } from '../module/module.ts';
import { requirePassed } from './check-report.ts';
import { withDoublePrecision } from './double-precision.ts';
import { gradientCheck } from './gradient-check.ts';
import { numericDerivative } from './numeric-derivative.ts';

const random = new RandomStream(1);
const normal = (...shape: number[]) =>
  tensorData(
    Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => random.normal()),
    shape,
  );

/** Every layer of this package, with dropout in between. */
class Classifier extends Module {
  readonly tokens = new Embedding(7, 8, { random });
  readonly dropout = new Dropout(0.3);
  readonly norm = new LayerNorm(8);
  readonly head = new Linear(8, 5, { random });
  loss({ ids, classes }: Record<string, tf.Tensor>): tf.Scalar {
    const hidden = tf.tanh(this.norm.forward(this.dropout.forward(this.tokens.forward(ids!))));
    return crossEntropy(this.head.forward(hidden), classes!);
  }
}
const batch = {
  ids: tensorData(Int32Array.of(0, 3, 3, 6, 1, 2), [6]),
  classes: tensorData(Int32Array.of(4, 0, 1, 2, 3, 4), [6]),
};

/** x², with a gradient that is wrong at one element. */
function badSquare(x: tf.Tensor, wrongElement: number): tf.Tensor {
  const square = tf.customGrad((input, save) => {
    const [x, keep] = [input as tf.Tensor, save as tf.GradSaveFunc];
    keep([x]);
    const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) => {
      const wrong = tf.mul(tf.oneHot(tf.scalar(wrongElement, 'int32'), x.size), 0.01);
      return tf.mul(tf.mul(dy, saved!), tf.add(2, tf.reshape(wrong, x.shape)));
    };
    return { value: tf.square(x), gradFunc };
  });
  return square(x);
}

let compiled: { runtime: Runtime };
beforeAll(async () => {
  compiled = { runtime: await nodeRuntime({ threads: 1 }) };
});

describe.each(['eager', 'compiled'])('%s gradients', (kind) => {
  const options = () => (kind === 'compiled' ? compiled : {});

  test.each<[string, (inputs: Record<string, tf.Tensor>) => tf.Tensor, ReturnType<typeof normal>[]]>([
    ['matrix product', ({ a, b }) => tf.matMul(a!, b!), [normal(3, 4), normal(4, 2)]],
    ['softmax', ({ a }) => tf.softmax(a!), [normal(2, 5)]],
    [
      'convolution',
      ({ a, b }) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'),
      [normal(1, 4, 4, 2), normal(2, 2, 2, 3)],
    ],
    ['broadcast quotient', ({ a, b }) => tf.div(a!, tf.add(tf.square(b!), 1)), [normal(3, 4), normal(4)]],
  ])('of a %s agree', async (_, program, [a, b]) => {
    const report = await gradientCheck(program, b ? { a: a!, b } : { a: a! }, options());
    expect(report).toMatchObject({ passed: true, failures: [], undecided: [] });
    for (const { analytic, numeric } of report.comparisons) {
      expect(Math.abs(analytic - numeric)).toBeLessThan(1e-5 * (1 + Math.abs(numeric)));
    }
  });

  test('of a model with embeddings, dropout and layer norm agree; a frozen parameter is left out', async () => {
    const model = new Classifier();
    model.head.bias!.trainable = false;
    const report = requirePassed(
      await gradientCheck(model, batch, { ...options(), draw: { seed: 3, step: 2 } }),
    );
    const names = new Set(report.comparisons.map(({ name }) => name));
    expect(names).toEqual(new Set(['tokens.weight', 'norm.weight', 'norm.bias', 'head.weight']));
    expect(report.comparisons.some(({ numeric }) => Math.abs(numeric) > 0.01)).toBe(true);
  });

  test('that are wrong at one element are found there', async () => {
    const x = normal(2, 3);
    const report = await gradientCheck(({ x }) => badSquare(x!, 4), { x }, options());
    const [failure] = report.failures.filter(({ element }) => element !== 'direction');
    expect(failure).toMatchObject({ name: 'x', element: [1, 1] });
    expect(failure!.analytic / failure!.numeric).toBeCloseTo(1.005, 5);
    expect(() => requirePassed(report)).toThrow(
      /^gradientCheck: 2 of 7 derivatives differ; the worst is that of x/,
    );
  });
});

test('one wrong element in a thousand is found by a random direction', async () => {
  const x = normal(1000);
  x.data[517] = 200;
  const report = await gradientCheck(({ x }) => badSquare(x!, 517), { x }, { elements: 2, seed: 5 });
  expect(report.failures.map(({ element }) => element)).toContain('direction');
});

test('a gradient that is NaN fails, and hides no other', async () => {
  const broken = tf.customGrad((input) => ({
    value: tf.square(input as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.tensor1d([Number.NaN, 4, 6])),
  }));
  const x = tensorData(Float32Array.of(1, 2, 3), [3]);
  const { failures, worst } = await gradientCheck(({ x }) => tf.sum(broken(x!)), { x });
  expect(worst.analytic).toBeNaN();
  expect(failures.map(({ element }) => element)).toEqual(expect.arrayContaining([[0], 'direction']));
  expect(failures).toHaveLength(2);
});

test('a kink is no failure: finite differences cannot decide there', async () => {
  const report = await gradientCheck(({ x }) => tf.relu(x!), {
    x: tensorData(Float32Array.of(0, 1, -1), [3]),
  });
  expect(report.passed).toBe(true);
  expect(report.undecided.map(({ element }) => element)).toEqual(expect.arrayContaining([[0]]));
  expect(report.summary).toMatch(/^gradientCheck: 2 derivatives agree, 2 beside a kink are undecided/);
});

test('a check leaves no tensors, and the arrays and the backend as they were', async () => {
  const [single, backend, before] = [globalThis.Float32Array, tf.getBackend(), tf.memory().numTensors];
  await gradientCheck(({ x }) => tf.exp(x!), { x: normal(3) });
  expect(() =>
    withDoublePrecision(() => {
      tf.zeros([3]);
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect([globalThis.Float32Array, tf.getBackend(), tf.memory().numTensors]).toEqual([
    single,
    backend,
    before,
  ]);
  expect(tf.util.isTypedArray(new Float64Array(1))).toBe(false);
});

test('what cannot be checked is refused', async () => {
  const ids = tensorData(Int32Array.of(1), [1]);
  await expect(gradientCheck(({ ids }) => ids!, { ids })).rejects.toThrow(
    'gradientCheck: there must be a trainable parameter or a float32 input, got none to differentiate by.',
  );
  const x = tensorData(Float32Array.of(0), [1]);
  await expect(gradientCheck(({ x }) => tf.log(x!), { x })).rejects.toThrow(
    'gradientCheck: the loss must be finite, got -Infinity.',
  );
});

test('a program in double precision keeps what single precision rounds away', () => {
  const program = () =>
    tf.sum(tf.mul(tf.add(tf.tensor([2 ** 10, 1, -(2 ** 10)]), tf.scalar(2 ** -30)), 1)).dataSync()[0];
  expect(withDoublePrecision(program)).toBe(1 + 3 * 2 ** -30);
  expect(tf.tidy(program)).not.toBe(1 + 3 * 2 ** -30);
  const constant = Float32Array.of(0.5, 0.25); // single, made outside
  const product = () => tf.matMul(tf.tensor(constant, [1, 2]), tf.tensor2d([[1 / 3], [1 / 3]])).dataSync()[0];
  expect(withDoublePrecision(product)).toBe(0.25);
  expect(withDoublePrecision(() => tf.exp(tf.tensor1d(constant)).dataSync()[1])).toBe(Math.exp(0.25));
});

test('derivatives of smooth functions are good to ten digits, and kinks show as errors', () => {
  expect(numericDerivative((step) => Math.exp(1 + step)).value).toBeCloseTo(Math.E, 10);
  expect(numericDerivative((step) => Math.sin(1e3 * step), { scale: 1e-3 }).value).toBeCloseTo(1e3, 6);
  expect(numericDerivative((step) => Math.abs(step)).error).toBeGreaterThan(1);
  expect(numericDerivative((step) => Math.max(0, step - 1e-9)).error).toBeGreaterThan(0.1);
  expect(numericDerivative((step) => Math.max(0, step - 1e-4))).toMatchObject({ value: 0, error: 0 });
});
