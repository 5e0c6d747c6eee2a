import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectSameAsEager, floats, integers, testKernels } from '../../../test/same-as-eager.ts';
import { compile, tensorData } from '../../index.ts';
import { nodeRuntime } from '../../node.ts';

testKernels(
  ['Bincount', 'DenseBincount'],
  {
    sizes: fc.record({
      rows: fc.integer({ min: 1, max: 4 }),
      columns: fc.integer({ min: 1, max: 9 }),
      size: fc.integer({ min: 1, max: 6 }),
    }),
    runs: 10,
  },
  async ({ rows, columns, size }, random) => {
    await expectSameAsEager({
      inputs: {
        x: integers(random, [rows, columns], 0, 8), // numbers from `size` on are not counted
        weights: floats(random, [rows, columns]),
        whole: integers(random, [rows, columns], -5, 5),
      },
      program: ({ x, weights, whole }) => {
        const flat = (tensor: tf.Tensor): tf.Tensor1D => tf.reshape(tensor, [-1]);
        const none = tf.tensor1d([]);
        return {
          counts: tf.bincount(flat(x!), none, size),
          weighted: tf.bincount(flat(x!), flat(weights!), size),
          'weighted by integers': tf.bincount(flat(x!), flat(whole!), size),
          'dense, of one row': tf.denseBincount(flat(x!), flat(weights!), size),
          dense: tf.denseBincount(x as tf.Tensor2D, weights as tf.Tensor2D, size),
          'dense, without weights': tf.denseBincount(x as tf.Tensor2D, tf.tensor2d([], [0, 0]), size),
          'dense, whether at all': tf.denseBincount(x as tf.Tensor2D, weights as tf.Tensor2D, size, true),
        };
      },
    });
  },
);

testKernels(
  ['SparseSegmentMean', 'SparseSegmentSum', 'UnsortedSegmentSum'],
  {
    sizes: fc.record({
      rows: fc.integer({ min: 1, max: 5 }),
      columns: fc.integer({ min: 1, max: 3 }),
      gaps: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 7 }),
    }),
    runs: 10,
  },
  async ({ rows, columns, gaps }, random) => {
    const ids = gaps.map((_, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0));
    await expectSameAsEager({
      inputs: {
        data: floats(random, [rows, columns, 2]),
        indices: integers(random, [ids.length], 0, rows),
        segments: integers(random, [rows, columns], 0, 4),
      },
      program: ({ data, indices, segments }) => {
        const segmentIds = tf.tensor1d(ids, 'int32');
        return {
          sums: tf.sparse.sparseSegmentSum(data!, indices as tf.Tensor1D, segmentIds),
          means: tf.sparse.sparseSegmentMean(data!, indices as tf.Tensor1D, segmentIds),
          unsorted: tf.unsortedSegmentSum(
            data!,
            tf.slice(tf.reshape(segments!, [-1]), 0, rows) as tf.Tensor1D,
            4,
          ),
        };
      },
    });
  },
);

test.each<[string, (ids: tf.Tensor1D) => tf.Tensor1D, string]>([
  ['are computed', (ids) => ids, 'SparseSegmentSum: segmentIds must be constant in a traced program'],
  [
    'fall',
    () => tf.tensor1d([1, 0], 'int32'),
    'SparseSegmentSum: segmentIds must not be negative or fall, got 0 at 1.',
  ],
])('segment numbers that %s are refused', async (_, segmentIds, message) => {
  const compiled = compile(
    ({ data, ids }) => ({
      y: tf.sparse.sparseSegmentSum(data!, tf.tensor1d([0, 1], 'int32'), segmentIds(ids as tf.Tensor1D)),
    }),
    { runtime: await nodeRuntime() },
  );
  const inputs = { data: tensorData(new Float32Array(4), [2, 2]), ids: tensorData(new Int32Array(2), [2]) };
  await expect(compiled(inputs)).rejects.toThrow(message);
});
