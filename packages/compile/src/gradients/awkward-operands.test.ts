import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { expectSameAsEager } from '../../test/same-as-eager.ts';
import {
  embeddingLookup,
  ensureGradients,
  RandomStream,
  remat,
  softmaxCrossEntropy,
  tensorData,
} from '../index.ts';

const random = new RandomStream(5);
const floats = (...shape: number[]) => {
  const length = tf.util.sizeFromShape(shape);
  return tensorData(
    Float32Array.from({ length }, () => (random.integer(2) ? 1 : -1) * (0.2 + random.uniform())),
    shape,
  );
};

beforeAll(async () => {
  await tf.setBackend('cpu');
  ensureGradients();
});

test('prelu has gradients where either operand is broadcast', async () => {
  for (const [x, alpha] of [
    [
      [2, 1, 3],
      [4, 1],
    ],
    [[3], [1, 3]],
    [[], [2]],
  ] as const) {
    await expectSameAsEager({
      inputs: { x: floats(...x), alpha: floats(...alpha) },
      program: ({ x, alpha }) => ({ y: tf.prelu(x!, alpha!) }),
    });
  }
});

test('places computed with mod, and flags taken apart, do not stop a gradient', async () => {
  await expectSameAsEager({
    inputs: { table: floats(3, 2), other: floats(3, 2) },
    program: ({ table, other }) => {
      const places = tf.mod(tf.add(tf.argMax(table!, 0), tf.scalar(2, 'int32')), tf.scalar(3, 'int32'));
      const [first] = tf.unstack(tf.greater(table!, 0));
      const [half] = tf.split(tf.greater(table!, 0), [1, 2]);
      return {
        gathered: tf.gather(other!, places),
        chosen: tf.where(first!, tf.sum(other!, 0), tf.zeros([2])),
        halves: tf.where(half!, tf.slice(other!, 0, [1, 2]), tf.zeros([1, 2])),
      };
    },
  });
});

test('remat takes scalars, and tensors of one element', async () => {
  for (const shape of [[], [1], [1, 1]]) {
    await expectSameAsEager({
      inputs: { x: floats(...shape), rows: floats(2, 3) },
      program: ({ x, rows }) => ({ y: remat((x) => tf.sin(tf.mul(x, tf.tanh(rows!))), x!) }),
    });
  }
});

test('one class and one row are as good as many', async () => {
  await expectSameAsEager({
    inputs: { logits: floats(3, 1), table: floats(1, 2) },
    program: ({ logits, table }) => ({
      loss: softmaxCrossEntropy(logits!, tf.tensor1d([0, 0, 0], 'int32')),
      rows: embeddingLookup(table!, tf.tensor1d([0, 0], 'int32')),
    }),
  });
});

test('the eager cross-entropy of masked classes is finite', () => {
  const logits = tf.tensor2d([[0, Number.NEGATIVE_INFINITY, 0]]);
  expect(softmaxCrossEntropy(logits, tf.tensor1d([0], 'int32')).dataSync()[0]).toBeCloseTo(Math.log(2), 6);
  const slope = tf.grad((x) => softmaxCrossEntropy(x, tf.tensor1d([0], 'int32')))(logits);
  expect([...slope.dataSync()]).toEqual([-0.5, 0, 0.5]);
});
