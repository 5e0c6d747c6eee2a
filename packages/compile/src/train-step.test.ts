import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  attention,
  compileTrainStep,
  dropout,
  eagerTrainStep,
  embeddingLookup,
  gelu,
  layerNorm,
  linear,
  RandomStream,
  softmaxCrossEntropy,
  type TensorData,
  tensorData,
} from './index.ts';
import { nodeRuntime } from './node.ts';
import { webRuntime } from './web.ts';

const random = new RandomStream(1);
const [batchSize, time, heads, width, vocabSize] = [2, 8, 2, 16, 11];

function randomTensor(...shape: number[]): TensorData {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return tensorData(
    Float32Array.from({ length: size }, () => 0.3 * random.normal()),
    shape,
  );
}

function randomIds(): TensorData {
  return tensorData(
    Int32Array.from({ length: batchSize * time }, () => random.integer(vocabSize)),
    [batchSize, time],
  );
}

const parameters: Record<string, TensorData> = {
  tokens: randomTensor(vocabSize, width),
  positions: randomTensor(time, width),
  normWeight: randomTensor(width),
  normBias: randomTensor(width),
  queryKeyValue: randomTensor(3 * width, width),
  queryKeyValueBias: randomTensor(3 * width),
  output: randomTensor(width, width),
  expand: randomTensor(4 * width, width),
  expandBias: randomTensor(4 * width),
  project: randomTensor(width, 4 * width),
};

/** A small language model that uses every op of this package. */
function loss(p: Record<string, tf.Tensor>, batch: Record<string, tf.Tensor>): tf.Scalar {
  const places = embeddingLookup(p.positions!, tf.range(0, time, 1, 'int32'));
  let x = dropout(tf.add(embeddingLookup(p.tokens!, batch.inputs!), places), 0.1);
  const projected = linear(layerNorm(x, p.normWeight!, p.normBias!), p.queryKeyValue!, p.queryKeyValueBias!);
  const [q, k, v] = tf
    .split(projected, 3, -1)
    .map((part) => tf.transpose(tf.reshape(part, [batchSize, time, heads, width / heads]), [0, 2, 1, 3]));
  const attended = tf.transpose(attention(q!, k!, v!, { causal: true, dropoutRate: 0.2 }), [0, 2, 1, 3]);
  x = tf.add(x, linear(tf.reshape(attended, [batchSize, time, width]), p.output!));
  for (const approximate of ['none', 'tanh'] as const) {
    x = tf.add(x, linear(gelu(linear(x, p.expand!, p.expandBias!), approximate), p.project!));
  }
  return softmaxCrossEntropy(linear(x, p.tokens!), batch.targets!, { ignoreIndex: 3 });
}

test('a compiled step gives the eager loss and the eager gradient of every parameter, dropout included', async () => {
  const runtime = await nodeRuntime({ threads: 2 });
  const batch = { inputs: randomIds(), targets: randomIds() };
  const eager = eagerTrainStep(loss, { parameters, batch });
  const compiled = await compileTrainStep(loss, { parameters, batch, runtime });
  const draw = { seed: 3, step: 4 };

  const eagerLoss = await eager.run(batch, draw);
  expect(await compiled.run(batch, draw)).toBeCloseTo(eagerLoss, 5);
  for (const [name, expected] of Object.entries(eager.gradients)) {
    expect(largestDifference(compiled.gradients[name]!, expected), name).toBeLessThan(1e-5);
  }
  expect(await compiled.run(batch, { seed: 3, step: 5 })).not.toBe(eagerLoss);
  await expect(compiled.run(batch)).rejects.toThrow('draw must be given');
  await expect(compiled.run({ ...batch, inputs: tensorData(new Int32Array(3), [3]) }, draw)).rejects.toThrow(
    'input "batch.inputs" must be int32[2,8], got int32[3]',
  );
  await compiled.release();
});

test('the WebAssembly runtime of the browser gives the same step', async () => {
  const batch = { inputs: randomIds(), targets: randomIds() };
  const draw = { seed: 5, step: 0 };
  const [native, web] = await Promise.all(
    [await nodeRuntime({ threads: 1 }), await webRuntime()].map((runtime) =>
      compileTrainStep(loss, { parameters, batch, runtime }),
    ),
  );
  expect(await web!.run(batch, draw)).toBeCloseTo(await native!.run(batch, draw), 5);
  for (const [name, expected] of Object.entries(native!.gradients)) {
    expect(largestDifference(web!.gradients[name]!, expected), name).toBeLessThan(1e-5);
  }
  await native!.release();
  await web!.release();
});

/** The largest difference, relative to the largest expected value. */
function largestDifference(actual: Float32Array, expected: Float32Array): number {
  const largest = (values: Float32Array): number =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest(actual.map((value, index) => value - expected[index]!)) / largest(expected);
}

test('what the loss returns beside itself comes out of the same pass, and can go into the next', async () => {
  const parameters = { w: randomTensor(3) };
  const batch = { state: tensorData(Float32Array.of(1, 2, 3), [3]) };
  const carried = ({ w }: Record<string, tf.Tensor>, { state }: Record<string, tf.Tensor>) => {
    const next = tf.tanh(tf.mul(w!, state!));
    return { loss: tf.sum(next) as tf.Scalar, state: next, largest: tf.argMax(next) };
  };
  const runtime = await nodeRuntime();
  const steps = [
    await compileTrainStep(carried, { parameters, batch, runtime }),
    eagerTrainStep(carried, { parameters, batch }),
  ];
  const before = tf.memory().numTensors;
  for (const step of steps) {
    await step.run(batch);
    const expected = parameters.w.data.map((w, index) => Math.tanh(w * (index + 1)));
    expect(
      largestDifference(step.auxiliary.state!.data as Float32Array, expected as Float32Array),
    ).toBeLessThan(1e-6);
    expect(step.auxiliary.largest!.dtype).toBe('int32');
    const state = [...step.auxiliary.state!.data];
    await step.run({ state: step.auxiliary.state! }); // in and out are one array, and the gradient reads it last
    const slope = Float32Array.from(
      parameters.w.data,
      (w, index) => state[index]! * (1 - Math.tanh(w * state[index]!) ** 2),
    );
    expect(largestDifference(step.gradients.w!, slope)).toBeLessThan(1e-6);
    await step.release();
  }
  expect(tf.memory().numTensors).toBe(before);
});
