import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../tensor-data.ts';

/**
 * Affine map of the last axis: x Wᵀ + b.
 *
 * All leading axes are flattened into rows, so that the product, and the weight's gradient, are one matrix
 * multiplication each.
 *
 * @param x      `[..., in]`
 * @param weight `[out, in]`
 * @param bias   `[out]`; default none
 * @returns `[..., out]`
 * @throws {ShapeError} if the sizes do not match
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [outputSize, inputSize] = weight.shape as [number, number];
  if (weight.rank !== 2 || x.shape.at(-1) !== inputSize || (bias && bias.size !== outputSize)) {
    throw new ShapeError(
      `linear: x, weight and bias must be [..., in], [out, in] and [out], got [${x.shape}], [${weight.shape}] and ${bias ? `[${bias.shape}]` : 'none'}.`,
    );
  }
  return tf.tidy(() => {
    const rows = tf.reshape(x, [x.size / inputSize, inputSize]); // [..., in] -> [rows, in]
    const product = tf.matMul(rows, weight as tf.Tensor2D, false, true); // [rows, out]
    const result = bias ? tf.add(product, bias) : product;
    return tf.reshape(result, [...x.shape.slice(0, -1), outputSize]);
  });
}
