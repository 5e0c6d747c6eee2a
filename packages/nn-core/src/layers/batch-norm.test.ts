import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { compile, type Runtime } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { beforeAll, describe, expect, test } from 'vitest';
import goldens from '../../fixtures/layers.json' with { type: 'json' };
import { expectClose, float32 } from '../../test/pytorch.ts';
import { ModelBuffer } from '../module/model-buffer.ts';
import { Module } from '../module/module.ts';
import { modelData } from '../module/parameter-data.ts';
import { SGD } from '../optimizers/sgd.ts';
import { train } from '../training/train.ts';
import { BatchNorm1d } from './batch-norm.ts';

const { batches, buffers, evaluated } = goldens.batchNorm;

class Model extends Module {
  readonly norm = new BatchNorm1d(3, { momentum: 0.3 });
  loss({ x }: Record<string, tf.Tensor>): tf.Scalar {
    return tf.sum(tf.square(this.norm.forward(x!)));
  }
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

describe('running statistics are those of PyTorch', () => {
  const expectStatistics = (norm: BatchNorm1d) => {
    expectClose(norm.running_mean.data, buffers.running_mean.data);
    expectClose(norm.running_var.data, buffers.running_var.data);
    expect([...norm.num_batches_tracked.data]).toEqual(buffers.num_batches_tracked.data);
    const x = tf.tensor(float32(batches[0]!).data, [4, 3]);
    expectClose(norm.eval().forward(x).dataSync(), evaluated.data);
  };

  test.each(['eager', 'compiled'])('after training steps, %s', async (how) => {
    const model = new Model();
    const data = { tokensPerBatch: 4, batch: (step: number) => ({ x: float32(batches[step]!) }) };
    const optimizer = new SGD(model.namedParameters(), { learningRate: 0 });
    const before = tf.memory().numTensors;
    const options = { steps: 2, optimizer, ...(how === 'compiled' && { runtime }) };
    for await (const _ of train(model, data, options));
    if (how === 'eager') expect(tf.memory().numTensors).toBe(before);
    expectStatistics(model.norm);
    expect(Object.keys(modelData(model))).toEqual([
      'norm.weight',
      'norm.bias',
      'norm.running_mean',
      'norm.running_var',
      'norm.num_batches_tracked',
    ]);
  });

  test('after passes outside of training steps, and after two of them in one', () => {
    const { norm } = new Model();
    for (const batch of batches) norm.forward(tf.tensor(float32(batch).data, [4, 3]));
    expectStatistics(norm);
  });

  test('in a step that uses the layer twice', async () => {
    class Twice extends Model {
      override loss({ a, b }: Record<string, tf.Tensor>): tf.Scalar {
        return tf.add(super.loss({ x: a! }), super.loss({ x: b! }));
      }
    }
    const model = new Twice();
    const [a, b] = batches.map(float32);
    const data = { tokensPerBatch: 8, batch: () => ({ a: a!, b: b! }) };
    const optimizer = new SGD(model.namedParameters(), { learningRate: 0 });
    for await (const _ of train(model, data, { steps: 1, optimizer, runtime }));
    expectStatistics(model.norm);
  });
});

test('a step that is not taken leaves the buffers alone', async () => {
  const model = new Model();
  const x = float32({ shape: [2, 3], data: [1, 2, Number.NaN, 4, 5, 6] });
  const steps = train(model, { tokensPerBatch: 2, batch: () => ({ x }) }, { steps: 1, runtime });
  await expect(
    (async () => {
      for await (const _ of steps);
    })(),
  ).rejects.toThrow('must be finite');
  expect([...model.norm.running_mean.data]).toEqual([0, 0, 0]);
});

test('what cannot be assigned is refused', async () => {
  const buffer = new ModelBuffer(new Float32Array(2), [2]);
  expect(() => buffer.assign(tf.zeros([3]))).toThrow(
    'ModelBuffer.assign: value must be float32 [2], got float32 [3].',
  );
  const pass = compile(
    ({ x }) => {
      buffer.assign(x!);
      return { x: x! };
    },
    { runtime },
  );
  await expect(pass({ x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } })).rejects.toThrow();
  expect([...buffer.data]).toEqual([0, 0]);
  expect(() => new BatchNorm1d(3).forward(tf.zeros([1, 3]))).toThrow(
    'BatchNorm1d: x must have two values a channel or more in training, got [1,3].',
  );
  expect(() => new BatchNorm1d(3, { momentum: 2 })).toThrow(
    'BatchNorm1d: momentum must be in [0, 1], got 2.',
  );
});
