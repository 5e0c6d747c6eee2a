import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import {
  eagerTrainStep,
  type LossFunction,
  RandomStream,
  registerMissingKernels,
  type TensorData,
  tensorData,
} from '../index.ts';

beforeAll(() => {
  const registered = registerMissingKernels('wasm');
  expect(registered.sort()).toEqual([
    'Conv2DBackpropFilter',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'Einsum',
    'MaxPoolGrad',
    'Multinomial',
    'UnsortedSegmentSum',
  ]);
  expect(registerMissingKernels('wasm'), 'nothing is missing twice').toEqual(['Einsum', 'MaxPoolGrad']);
});

afterEach(() => tf.setBackend('cpu'));

const random = new RandomStream(5);

function normal(...shape: number[]): TensorData {
  const length = shape.reduce((product, size) => product * size, 1);
  return tensorData(
    Float32Array.from({ length }, () => 0.5 * random.normal()),
    shape,
  );
}

/** Losses and the last gradients of a few steps of gradient descent on a backend. */
async function train(
  backend: string,
  loss: LossFunction,
  initial: Readonly<Record<string, TensorData>>,
  batch: Readonly<Record<string, TensorData>>,
): Promise<{ losses: number[]; gradients: Readonly<Record<string, Float32Array>> }> {
  await tf.setBackend(backend);
  const parameters = Object.fromEntries(
    Object.entries(initial).map(([name, { data, shape }]) => [name, tensorData(data.slice(), shape)]),
  );
  const step = eagerTrainStep(loss, { parameters, batch });
  const losses: number[] = [];
  for (let count = 0; count < 5; count++) {
    losses.push(await step.run(batch));
    for (const [name, slope] of Object.entries(step.gradients)) {
      for (const [index, value] of slope.entries()) parameters[name]!.data[index]! -= 0.1 * value;
    }
  }
  return { losses, gradients: step.gradients };
}

/** A bag of words with attention by einsum, as one would write it by hand. */
const words: LossFunction = ({ embedding, query, output }, { ids, targets }) => {
  const vectors = tf.gather(embedding!, ids!); // [batch, words, size]
  const scores = tf.einsum('bws,s->bw', vectors, query!);
  const sentence = tf.einsum('bw,bws->bs', tf.softmax(scores), vectors);
  const logits = tf.einsum('bs,sc->bc', sentence, output!);
  const picked = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(targets!, 3)), 1);
  return tf.neg(tf.mean(picked));
};

/** Convolutions full and depthwise, with steps, gaps and two filters for each channel. */
const images: LossFunction = ({ full, apart, wide }, { x }) => {
  const first = tf.conv2d(x as tf.Tensor4D, full as tf.Tensor4D, [2, 1], 'same');
  const second = tf.depthwiseConv2d(tf.tanh(first), apart as tf.Tensor4D, 2, 'valid');
  const third = tf.conv2d(tf.tanh(second), wide as tf.Tensor4D, 1, 'same', 'NHWC', 2);
  const pooled = tf.avgPool(tf.maxPool(third as tf.Tensor4D, 2, 1, 'same'), 2, 2, 'same');
  return tf.mean(tf.square(tf.sub(pooled, 1)));
};

test.each<[string, LossFunction, Record<string, TensorData>, Record<string, TensorData>]>([
  [
    'an embedding and einsum',
    words,
    { embedding: normal(7, 4), query: normal(4), output: normal(4, 3) },
    {
      ids: tensorData(Int32Array.of(0, 3, 3, 6, 1, 0, 2, 2), [2, 4]), // some words twice, one never
      targets: tensorData(Int32Array.of(2, 0), [2]),
    },
  ],
  [
    'convolutions',
    images,
    { full: normal(3, 2, 2, 3), apart: normal(2, 3, 3, 2), wide: normal(2, 2, 6, 2) },
    { x: normal(2, 9, 8, 2) },
  ],
])('%s train on WebAssembly as on the cpu backend', async (_, loss, parameters, batch) => {
  const wasm = await train('wasm', loss, parameters, batch);
  const cpu = await train('cpu', loss, parameters, batch);
  expect(wasm.losses.at(-1)).toBeLessThan(wasm.losses[0]!);
  for (const [step, value] of wasm.losses.entries())
    expect(value, `step ${step}`).toBeCloseTo(cpu.losses[step]!, 4);
  for (const [name, slope] of Object.entries(wasm.gradients)) {
    slope.forEach((value, index) => {
      expect(value, `${name}[${index}]`).toBeCloseTo(cpu.gradients[name]![index]!, 4);
    });
  }
});

test('einsum is right for every equation: several operands, and labels that one of them has alone', async () => {
  await tf.setBackend('wasm');
  const a = tf.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  const b = tf.tensor([1, 10, 100]);
  expect([...tf.einsum('ij,j->j', a, b).dataSync()]).toEqual([5, 70, 900]);
  expect([...tf.einsum('ij,j,j->', a, b, b).dataSync()]).toEqual([5 + 700 + 90_000]);
  expect([...tf.einsum('i,j->ji', tf.tensor([1, 2]), b).dataSync()]).toEqual([1, 2, 10, 20, 100, 200]);
  expect(() => tf.einsum('ii->i', tf.ones([2, 2]))).toThrow(
    'one label for each axis, all different, got "ii"',
  );
});

test('segment sums leave out rows of no segment, and add whole numbers', async () => {
  await tf.setBackend('wasm');
  const ids = tf.tensor1d([1, -1, 1, 5], 'int32');
  const sums = tf.unsortedSegmentSum(tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2], 'int32'), ids, 3);
  expect([sums.dtype, ...sums.dataSync()]).toEqual(['int32', 0, 0, 6, 8, 0, 0]);
});

test('an unknown backend is named', () => {
  expect(() => registerMissingKernels('abacus')).toThrow(
    'registerMissingKernels: backendName must be a backend that tfjs knows, got "abacus". Import its package first.',
  );
});
