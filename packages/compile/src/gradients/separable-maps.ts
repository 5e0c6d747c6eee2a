import * as tf from '@tensorflow/tfjs-core';

/** A linear map of the elements along one axis: `rows` results of `columns` elements, row-major. */
export interface AxisMap {
  readonly rows: number;
  readonly columns: number;
  readonly matrix: Float32Array;
}

/** An axis map of zeros, to be filled. */
export function axisMap(rows: number, columns: number): AxisMap {
  return { rows, columns, matrix: new Float32Array(rows * columns) };
}

/**
 * The gradient of a map along axes 1, 2, … of `[batch, …space, channels]`: the transposed maps, one axis after the other.
 *
 * @param maps one for each spatial axis, from elements to results
 */
export function transposedMaps(dy: tf.Tensor, maps: readonly AxisMap[]): tf.Tensor {
  let x = dy;
  for (const [index, { rows, columns, matrix }] of maps.entries()) {
    const axis = index + 1;
    const outer = tf.util.sizeFromShape(x.shape.slice(0, axis));
    const inner = tf.util.sizeFromShape(x.shape.slice(axis + 1));
    const product = tf.matMul(
      tf.tensor(matrix, [1, rows, columns]),
      tf.reshape(x, [outer, rows, inner]),
      true,
    ); // [outer, columns, inner]
    x = tf.reshape(product, x.shape.with(axis, columns));
  }
  return x;
}
