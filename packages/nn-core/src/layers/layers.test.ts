import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  compileTrainStep,
  eagerTrainStep,
  RandomStream,
  tensorData,
  withRandomness,
} from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { expect, test } from 'vitest';
import { expectClose, float32, int32, type LayerGolden, readGoldens } from '../../test/pytorch.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { loadParameters } from '../module/load-parameters.ts';
import type { Module } from '../module/module.ts';
import { parameterData } from '../module/parameter-data.ts';
import { bindParameters } from '../module/stored-tensor.ts';
import { Dropout } from './dropout.ts';
import { Embedding } from './embedding.ts';
import { LayerNorm } from './layer-norm.ts';
import { Linear } from './linear.ts';

const goldens = readGoldens();

async function expectGolden(
  layer: Module & { forward(x: tf.Tensor): tf.Tensor },
  golden: LayerGolden,
  ids = false,
) {
  const weights = Object.entries(golden.parameters).map(([name, tensor]) => [name, float32(tensor)] as const);
  loadParameters(layer, new Map(weights));
  const input = ids ? int32(golden.input) : float32(golden.input);

  const output = tf.tidy(() => layer.forward(tf.tensor(input.data, [...input.shape], input.dtype)));
  expect(output.shape).toEqual(golden.output.shape);
  expectClose(output.dataSync(), golden.output.data);

  const parameters = layer.namedParameters();
  const batch = { x: input, upstream: float32(golden.upstream) };
  // The input is a parameter of the step as well, unless it is indices, to see its gradient.
  const variables = ids ? {} : { x: input };
  const step = eagerTrainStep(
    (tensors, { x, upstream }) =>
      bindParameters(
        parameters,
        tensors,
        () => tf.sum(tf.mul(layer.forward(tensors.x ?? x!), upstream!)) as tf.Scalar,
      ),
    { parameters: { ...parameterData(parameters), ...variables }, batch },
  );
  await step.run(batch);
  for (const [name, gradient] of Object.entries(golden.gradients))
    expectClose(step.gradients[name]!, gradient.data);
  if (golden.inputGradient) expectClose(step.gradients.x!, golden.inputGradient.data);
}

test('Linear computes what PyTorch computes, forward and backward, with and without bias', async () => {
  await expectGolden(new Linear(4, 3), goldens.linear);
  await expectGolden(new Linear(4, 3, { bias: false }), goldens.linearWithoutBias);
});

test('Embedding computes what PyTorch computes, rows used twice collecting both gradients', async () => {
  await expectGolden(new Embedding(6, 3), goldens.embedding, true);
});

test('LayerNorm computes what PyTorch computes, forward and backward', async () => {
  await expectGolden(new LayerNorm(5), goldens.layerNorm);
});

test('crossEntropy computes what PyTorch computes, with and without an ignored index', async () => {
  const { logits, targets, all, ignoring2 } = goldens.crossEntropy;
  for (const [golden, options] of [
    [all, {}],
    [ignoring2, { ignoreIndex: 2 }],
  ] as const) {
    const batch = { targets: int32(targets) };
    const step = eagerTrainStep((p, batch) => crossEntropy(p.logits!, batch.targets!, options), {
      parameters: { logits: float32(logits) },
      batch,
    });
    expect(await step.run(batch)).toBeCloseTo(golden.loss, 5);
    expectClose(step.gradients.logits!, golden.gradient.data);
  }
});

test('layers start as documented, from the stream they are given', () => {
  const linear = new Linear(100, 50, { random: new RandomStream(1) });
  const largest = linear.weight.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeLessThanOrEqual(0.1);
  expect(largest).toBeGreaterThan(0.09);
  expect(linear.bias!.data.every((value) => value === 0)).toBe(true);
  const { data } = new Embedding(100, 50, { random: new RandomStream(1) }).weight;
  const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
  expect(variance).toBeCloseTo(1, 1);

  const stream = new RandomStream(2);
  const [first, second] = [new Linear(2, 2, { random: stream }), new Linear(2, 2, { random: stream })];
  expect(first.weight.data).not.toEqual(second.weight.data);
  expect(first.weight.data).toEqual(new Linear(2, 2, { random: new RandomStream(2) }).weight.data);
});

test('sizes that are not positive integers are refused by name', () => {
  expect(() => new Linear(0, 3)).toThrow('Linear: inputSize must be a positive integer, got 0.');
  expect(() => new Embedding(2.5, 3)).toThrow('Embedding: rows must be a positive integer, got 2.5.');
  expect(() => new LayerNorm(Number.NaN)).toThrow('LayerNorm: size must be a positive integer, got NaN.');
  expect(() => new Dropout(1)).toThrow('Dropout: rate must be in [0, 1), got 1.');
});

test('Dropout acts in training mode inside withRandomness, and nowhere else', () => {
  const layer = new Dropout(0.5);
  const run = (draw?: { seed: number; step: number }) =>
    withRandomness(draw, () => tf.tidy(() => layer.forward(tf.ones([8, 8])).dataSync()));
  const draw = { seed: 1, step: 2 };
  expect(new Set(run(draw))).toEqual(new Set([0, 2]));
  expect(run(draw)).toEqual(run(draw));
  expect(run({ seed: 1, step: 3 })).not.toEqual(run(draw));
  expect(new Set(run())).toEqual(new Set([1]));
  layer.eval();
  expect(new Set(run(draw))).toEqual(new Set([1]));
});

test('Dropout’s gradient passes where its values do, scaled like them', async () => {
  const layer = new Dropout(0.25);
  const x = tensorData(new Float32Array(64).fill(1), [8, 8]);
  const draw = { seed: 3, step: 1 };
  const kept = withRandomness(draw, () => tf.tidy(() => layer.forward(tf.ones([8, 8])).dataSync()));
  expect(new Set(kept)).toEqual(new Set([0, Math.fround(4 / 3)]));
  const loss = ({ x }: Record<string, tf.Tensor>) => tf.sum(layer.forward(x!)) as tf.Scalar;
  const options = { parameters: { x }, batch: {} };
  const compiled = await compileTrainStep(loss, { ...options, runtime: await nodeRuntime({ threads: 1 }) });
  for (const step of [eagerTrainStep(loss, options), compiled]) {
    await step.run({}, draw);
    expectClose(step.gradients.x!, kept);
    await step.release();
  }
});

test('forward passes leave no tensors behind but their result', () => {
  const layers = [new Linear(4, 4), new LayerNorm(4), new Dropout(0.1)];
  const x = tf.ones([2, 4]);
  const before = tf.memory().numTensors;
  tf.tidy(() => layers.reduce<tf.Tensor>((y, layer) => layer.forward(y), x)).dispose();
  expect(tf.memory().numTensors).toBe(before);
});
