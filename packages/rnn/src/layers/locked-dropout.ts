import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '@wordloom/compile';

/**
 * Dropout with one mask for all steps of a sequence (variational dropout). Draws as `dropout` does, only in passes that draw.
 *
 * @param x `[time, batch, size]`
 * @see Gal & Ghahramani 2016, "A theoretically grounded application of dropout in recurrent neural networks", §4
 */
export function lockedDropout(x: tf.Tensor, rate: number): tf.Tensor {
  return tf.mul(x, dropout(tf.ones([1, ...x.shape.slice(1)]), rate)); // [1, B, H]
}
