import * as tf from '@tensorflow/tfjs-core';
import { compile, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { expect, test } from 'vitest';

const runtime = await nodeRuntime();
const x = tensorData(new Float32Array(6), [2, 3]);
const here = /\n {2}in the traced program at .*trace-errors\.test\.ts:\d+:\d+$/;

async function messageOf(program: (x: tf.Tensor) => tf.Tensor): Promise<string> {
  const compiled = compile(({ x }) => ({ y: program(x!) }), { runtime });
  return compiled({ x }).then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

test.each<[string, (x: tf.Tensor) => tf.Tensor, string]>([
  [
    'a kernel whose result has no fixed shape',
    (x) => tf.unique(x).values,
    'compile: Unique(x: float32 [2,3]) cannot be traced: the shape of its result depends on values.',
  ],
  [
    'a kernel whose result has as many rows as values say',
    (x) => tf.sparse.sparseSegmentSum(x, tf.tensor1d([0, 1], 'int32'), tf.argMax(x, 1) as tf.Tensor1D),
    'compile: SparseSegmentSum: segmentIds must be constant in a traced program, got what is computed',
  ],
  [
    'shapes that do not fit',
    (x) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D),
    'compile: BatchMatMul(a: float32 [2,3], b: float32 [2,3]): the inner sizes of the product must be equal, got 3 and 2.',
  ],
  [
    'shapes that cannot be broadcast',
    (x) => tf.add(x, tf.reshape(x, [3, 2])),
    'compile: Add(a: float32 [2,3], b: float32 [3,2]): Operands could not be broadcast together with shapes 2,3 and 3,2.',
  ],
  [
    'a read of values',
    (x) => tf.mul(x, tf.sum(x).dataSync()[0]!),
    'compile: the traced program reads the values of a tensor of shape []',
  ],
])('%s fails with the op, its shapes and the line of the program', async (_, program, message) => {
  const actual = await messageOf(program);
  expect(actual).toContain(message);
  expect(actual).toMatch(here);
});
