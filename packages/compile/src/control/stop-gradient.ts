import * as tf from '@tensorflow/tfjs-core';
import { customGradient } from '../ops/custom-gradient.ts';

/**
 * The tensor as it is, but a constant to differentiation.
 *
 * @param x any shape
 * @returns the shape of `x`, owned by the caller
 */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return customGradient([x], (x) => ({
    value: tf.clone(x!),
    saved: [],
    gradients: (dy) => [tf.zeros(dy.shape)],
  }));
}
