import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { expect, test } from 'vitest';
import { Dropout } from '../layers/dropout.ts';
import { Linear } from '../layers/linear.ts';
import { Module } from '../module/module.ts';
import { AdamW } from '../optimizers/adamw.ts';
import { train } from '../training/train.ts';
import { requirePassed } from './check-report.ts';
import { determinismCheck } from './determinism-check.ts';
import { leakCheck } from './leak-check.ts';

const random = () => new RandomStream(4);
const x = tensorData(
  Float32Array.from({ length: 32 }, (_, index) => Math.sin(index)),
  [8, 4],
);
const data = { tokensPerBatch: 8, batch: () => ({ x }) };

class Regression extends Module {
  readonly dropout = new Dropout(0.5);
  readonly layer = new Linear(4, 2, { random: random() });
  loss({ x }: Record<string, tf.Tensor>): tf.Scalar {
    return tf.mean(tf.square(tf.sub(this.layer.forward(this.dropout.forward(x!)), 1)));
  }
}

test('a function that tidies passes, and what it returns is not a leak', async () => {
  const report = await leakCheck(() => [tf.tidy(() => tf.exp(tf.zeros([3]))), { nested: tf.ones([2]) }]);
  expect(report).toMatchObject({ passed: true, tensorsPerRun: 0, bytesPerRun: 0 });
});

test('a function that forgets a tensor is reported with how much each run leaves', async () => {
  const kept: tf.Tensor[] = [];
  const report = await leakCheck(async () => void kept.push(tf.zeros([5])));
  expect(report).toMatchObject({ passed: false, tensorsPerRun: 1, bytesPerRun: 20 });
  expect(() => requirePassed(report)).toThrow('each of 3 runs leaves 1 tensors and 20 bytes behind');
  tf.dispose(kept);
});

test('what is made once is not a leak', async () => {
  let cache: tf.Tensor | undefined;
  const report = await leakCheck(() => {
    cache ??= tf.zeros([5]);
  });
  expect(report).toMatchObject({ passed: true });
  cache!.dispose();
});

test('training steps leave nothing behind, eager or compiled', async () => {
  for (const options of [{}, { runtime: await nodeRuntime({ threads: 1 }) }]) {
    requirePassed(
      await leakCheck(async () => {
        for await (const event of train(new Regression(), data, { steps: 4, ...options })) void event;
      }),
    );
  }
});

test('runs from the same seeds are equal, dropout and optimizer included', async () => {
  for (const options of [{}, { runtime: await nodeRuntime({ threads: 1 }) }]) {
    const report = await determinismCheck(() => ({
      model: new Regression(),
      data,
      options: { ...options, seed: 9 },
    }));
    expect(report).toEqual({
      passed: true,
      difference: undefined,
      summary: 'determinismCheck: two runs of 10 steps are equal, bit for bit.',
    });
  }
});

test('the first difference is named: weights before the first step, a loss, a weight after a step', async () => {
  let count = 0;
  const differing = (change: (model: Regression, run: number) => object) =>
    determinismCheck(
      () => {
        const model = new Regression();
        return { model, data, options: change(model, count++ % 2) };
      },
      { steps: 5 },
    );

  const weights = await differing((model, run) => {
    model.layer.weight.data[3]! += run;
    return {};
  });
  expect(weights.difference).toMatchObject({ step: 0, name: 'layer.weight', element: 3 });
  expect(weights.summary).toMatch(
    /^determinismCheck: two runs differ before the first step: layer.weight, element 3, is/,
  );

  const losses = await differing((_, run) => ({ seed: run }));
  expect(losses.difference).toMatchObject({ step: 1, name: 'loss' });

  const rates = await differing((model, run) => ({
    optimizer: new AdamW(model.namedParameters()),
    schedule: (step: number) => (step < 2 ? 0.01 : 0.01 + run * 1e-3),
  }));
  expect(rates.difference).toMatchObject({ step: 3, name: 'layer.weight', element: 0 });
});

test('a set-up that hands out one model twice, or two kinds, is refused', async () => {
  const model = new Regression();
  await expect(determinismCheck(() => ({ model, data }))).rejects.toThrow(
    'setUp must build a new model at each call',
  );
});
