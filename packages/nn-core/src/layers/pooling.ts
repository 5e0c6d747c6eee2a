import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';

/**
 * Mean over time.
 *
 * @param x    `[batch, time, size]`
 * @param mask bool `[batch, time]`, true for steps that count; default all
 * @returns `[batch, size]`, owned by the caller; zeros where no step counts
 * @throws {ShapeError} if the shapes do not fit @throws {TypeError} if the mask is not bool
 */
export function meanOverTime(x: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  requireShapes('meanOverTime', x, mask);
  return tf.tidy(() => {
    if (!mask) return tf.mean(x, 1);
    const counted = tf.expandDims(tf.cast(mask, 'float32'), 2); // [B, T, 1]
    return tf.div(tf.sum(tf.mul(x, counted), 1), tf.maximum(tf.sum(counted, 1), 1));
  });
}

/** Below every number that a model computes with, and finite. */
const LOWEST = -1e30;

/**
 * Maximum over time.
 *
 * @param x    `[batch, time, size]`
 * @param mask bool `[batch, time]`, true for steps that count; default all
 * @returns `[batch, size]`, owned by the caller; zeros where no step counts
 * @throws {ShapeError} if the shapes do not fit @throws {TypeError} if the mask is not bool
 */
export function maxOverTime(x: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  requireShapes('maxOverTime', x, mask);
  return tf.tidy(() => {
    if (!mask) return tf.max(x, 1);
    const counted = tf.expandDims(tf.cast(mask, 'float32'), 2); // [B, T, 1]
    const shown = tf.add(tf.mul(x, counted), tf.mul(LOWEST, tf.sub(1, counted)));
    return tf.mul(tf.max(shown, 1), tf.max(counted, 1));
  });
}

function requireShapes(owner: string, x: tf.Tensor, mask: tf.Tensor | undefined): void {
  if (x.rank !== 3) throw new ShapeError(`${owner}: x must be [batch, time, size], got [${x.shape}].`);
  if (!mask) return;
  if (`${mask.shape}` !== `${x.shape.slice(0, 2)}`) {
    throw new ShapeError(`${owner}: mask must be [${x.shape.slice(0, 2)}], got [${mask.shape}].`);
  }
  if (mask.dtype !== 'bool') throw new TypeError(`${owner}: mask must be bool, got ${mask.dtype}.`);
}
