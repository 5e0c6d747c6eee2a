import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { floats, integers } from '../../../test/same-as-eager.ts';
import { compile, RandomStream, type TensorData } from '../../index.ts';
import { nodeRuntime } from '../../node.ts';

const random = new RandomStream(2);

/** Runs what eager backends lack: kernels that no op of tfjs runs, and channels first. */
async function run(
  x: TensorData,
  program: (x: tf.Tensor) => Record<string, tf.Tensor>,
): Promise<Record<string, TensorData>> {
  const compiled = compile(({ x }) => program(x!), { runtime: await nodeRuntime({ threads: 1 }) });
  const results = await compiled({ x });
  await compiled.release();
  return results;
}

const kernel = (name: string, inputs: tf.NamedTensorMap, attributes = {}): tf.Tensor =>
  tf.engine().runKernel(name, inputs, attributes) as tf.Tensor;

test.each<[string, TensorData, (x: tf.Tensor) => tf.Tensor, (x: tf.Tensor) => tf.Tensor]>([
  [
    'BroadcastTo',
    floats(random, [3, 1]),
    (x) => kernel('BroadcastTo', { x }, { shape: [2, 3, 4], inputShape: [1, 3, 1] }),
    (x) => tf.broadcastTo(x, [2, 3, 4]),
  ],
  [
    'LogSoftmax',
    floats(random, [3, 4]),
    (logits) => kernel('LogSoftmax', { logits }, { axis: -1 }),
    (x) => tf.logSoftmax(x),
  ],
  [
    'LogicalXor',
    integers(random, [3, 4], 0, 3),
    (x) => kernel('LogicalXor', { a: tf.equal(x, tf.onesLike(x)), b: tf.cast(x, 'bool') }),
    (x) => tf.logicalXor(tf.equal(x, tf.onesLike(x)), tf.cast(x, 'bool')),
  ],
  [
    'LowerBound',
    integers(random, [1, 9], 0, 3),
    (x) => kernel('LowerBound', { sortedSequence: tf.cumsum(x, 1), values: x }),
    (x) => tf.lowerBound(tf.cumsum(x, 1), x),
  ],
  [
    'UpperBound',
    integers(random, [1, 9], 0, 3),
    (x) => kernel('UpperBound', { sortedSequence: tf.cumsum(x, 1), values: x }),
    (x) => tf.upperBound(tf.cumsum(x, 1), x),
  ],
])('the kernel %s, which no op runs, gives what the op of that name gives', async (_, x, byKernel, byOp) => {
  const { kernel, op } = await run(x, (x) => ({ kernel: byKernel(x), op: byOp(x) }));
  expect([kernel!.dtype, kernel!.shape]).toEqual([op!.dtype, op!.shape]);
  kernel!.data.forEach((value, index) => {
    expect(value).toBeCloseTo(op!.data[index]!, 5);
  });
});

test('channels first give what channels last give', async () => {
  const filter = tf.reshape(tf.sin(tf.range(0, 36)), [3, 2, 2, 3]) as tf.Tensor4D;
  const toFirst = (y: tf.Tensor): tf.Tensor => tf.transpose(y, [0, 3, 1, 2]);
  const results = await run(floats(random, [2, 8, 5, 6]), (first) => {
    const last = tf.transpose(first, [0, 2, 3, 1]) as tf.Tensor4D;
    const convolved = (x: tf.Tensor, format: 'NCHW' | 'NHWC'): tf.Tensor =>
      tf.conv2d(x as tf.Tensor4D, filter, 2, 'same', format);
    const [few, fewLast] = [tf.slice(first, 0, [2, 2, 5, 6]), tf.slice(last, 0, [2, 5, 6, 2])];
    return {
      'DepthToSpace first': tf.depthToSpace(first as tf.Tensor4D, 2, 'NCHW'),
      'DepthToSpace last': toFirst(tf.depthToSpace(last, 2)),
      'Conv2D first': convolved(few, 'NCHW'),
      'Conv2D last': toFirst(convolved(fewLast, 'NHWC')),
      'slope first': tf.grad((x) => tf.sum(tf.square(convolved(x, 'NCHW'))))(few),
      'slope last': toFirst(tf.grad((x) => tf.sum(tf.square(convolved(x, 'NHWC'))))(fewLast)),
    };
  });
  for (const name of ['DepthToSpace', 'Conv2D', 'slope']) {
    expect(results[`${name} first`], name).toEqual(results[`${name} last`]);
  }
});
