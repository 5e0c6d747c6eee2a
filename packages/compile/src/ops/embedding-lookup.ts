import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../tensor-data.ts';
import { customGradient } from './custom-gradient.ts';

/**
 * Rows of a table by index.
 *
 * The gradient sums the incoming rows by index; on a backend without the segment-sum kernel (tfjs's wasm) it is
 * the product with the one-hot matrix of the indices instead.
 *
 * @param table `[rows, size]`
 * @param ids   int32, any shape; values in [0, rows)
 * @returns `[...ids.shape, size]`
 * @throws {ShapeError} if the table is not a matrix @throws {TypeError} if ids are not int32
 */
export function embeddingLookup(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  if (table.rank !== 2)
    throw new ShapeError(`embeddingLookup: table must be [rows, size], got [${table.shape}].`);
  if (ids.dtype !== 'int32') throw new TypeError(`embeddingLookup: ids must be int32, got ${ids.dtype}.`);
  const [rows, size] = table.shape as [number, number];
  return tf.tidy(() => {
    const flatIds = tf.reshape(ids, [ids.size]) as tf.Tensor1D;
    const found = customGradient([table], (table) => ({
      value: tf.gather(table!, flatIds),
      saved: [flatIds],
      gradients: (dy, [flatIds]) => [sumRows(dy as tf.Tensor2D, flatIds as tf.Tensor1D, rows)],
    }));
    return tf.reshape(found, [...ids.shape, size]);
  });
}

function sumRows(values: tf.Tensor2D, ids: tf.Tensor1D, rows: number): tf.Tensor2D {
  if (tf.getKernel('UnsortedSegmentSum', tf.getBackend())) return tf.unsortedSegmentSum(values, ids, rows);
  const chosen = tf.slice(tf.oneHot(ids, Math.max(2, rows)), 0, [-1, rows]) as tf.Tensor2D; // oneHot refuses one class
  return tf.matMul(chosen, values, true, false);
}
