import * as tf from '@tensorflow/tfjs-core';
import { isTracing, traceBackend } from '../trace/trace-backend.ts';
import type { ComposedKernels } from './composed-kernel.ts';

/** Sums over elements that share a number. */
export const countingKernels: ComposedKernels = {
  Bincount: ({ x, weights }, { size }: { size: number }) => count(x!, weights!, size),
  DenseBincount: ({ x, weights }, { size, binaryOutput }: { size: number; binaryOutput: boolean }) => {
    if (!binaryOutput || x!.rank === 1) return count(x!, weights!, size);
    const counts = count(x!, tf.tensor([], [0], weights!.dtype as 'float32'), size);
    return tf.minimum(counts, tf.scalar(1, weights!.dtype as 'float32'));
  },
  SparseSegmentMean: ({ data, indices, segmentIds }) => {
    const ids = sortedIds(segmentIds!, 'SparseSegmentMean');
    const shares = new Float32Array((ids.at(-1) ?? -1) + 1);
    for (const id of ids) shares[id]!++;
    const factors = shares.map((rows) => (rows > 0 ? 1 / rows : 0));
    const sums = sumSegments(data!, indices!, ids);
    const perRow = tf.reshape(tf.tensor1d(factors), [factors.length, ...data!.shape.slice(1).map(() => 1)]);
    return tf.mul(sums, perRow);
  },
  SparseSegmentSum: ({ data, indices, segmentIds }) =>
    sumSegments(data!, indices!, sortedIds(segmentIds!, 'SparseSegmentSum')),
};

/** How often, or with what weight, each number below `size` occurs, in each row: larger ones go where nobody looks. */
function count(x: tf.Tensor, weights: tf.Tensor, size: number): tf.Tensor {
  const rows = x.rank === 2 ? x.shape[0]! : 1;
  const columns = x.size / rows;
  const dtype = weights.dtype as 'float32' | 'int32';
  const values = weights.size > 0 ? tf.reshape(weights, [-1]) : tf.ones([x.size], dtype);
  const places = tf.minimum(tf.reshape(x, [rows, columns]), tf.scalar(size, 'int32'));
  const starts = Int32Array.from({ length: rows }, (_, row) => row * (size + 1));
  const flat = tf.reshape(tf.add(places, tf.tensor(starts, [rows, 1])), [-1]) as tf.Tensor1D;
  const sums = tf.reshape(tf.unsortedSegmentSum(values, flat, rows * (size + 1)), [rows, size + 1]);
  return tf.reshape(tf.slice(sums, [0, 0], [rows, size]), x.rank === 2 ? [rows, size] : [size]);
}

function sumSegments(data: tf.Tensor, indices: tf.Tensor, ids: Int32Array): tf.Tensor {
  const rows = tf.gather(data, indices);
  return tf.unsortedSegmentSum(rows, tf.tensor1d(ids, 'int32'), (ids.at(-1) ?? -1) + 1);
}

/**
 * Segment numbers, whose last says how many segments there are.
 *
 * @throws {TypeError} if they are not known while the program is traced
 * @throws {RangeError} if they fall
 */
function sortedIds(segmentIds: tf.Tensor, kernelName: string): Int32Array {
  if (isTracing() && !['constant', 'uniform'].includes(traceBackend().valueFor(segmentIds).source.kind)) {
    throw new TypeError(
      `compile: ${kernelName}: segmentIds must be constant in a traced program, got what is computed: the number of segments is the shape of the result. Use unsortedSegmentSum, which is told how many there are.`,
    );
  }
  const ids = segmentIds.dataSync() as Int32Array;
  for (let index = 0; index < ids.length; index++) {
    if (ids[index]! < (index > 0 ? ids[index - 1]! : 0)) {
      throw new RangeError(
        `compile: ${kernelName}: segmentIds must not be negative or fall, got ${ids[index]} at ${index}.`,
      );
    }
  }
  return ids;
}
