import * as tf from '@tensorflow/tfjs-core';
import { randomTensor } from '../random/random-tensor.ts';

/**
 * Inverted dropout: each element is zeroed with probability `rate`, the others are divided by `1 − rate`.
 * Outside {@link withRandomness} it is the identity.
 *
 * @param x    any shape
 * @param rate in [0, 1)
 * @throws {RangeError} if the rate is not in [0, 1)
 * @see Srivastava et al. 2014, "Dropout", §4
 */
export function dropout(x: tf.Tensor, rate: number): tf.Tensor {
  const mask = dropoutMask(x.shape, rate);
  return mask ? tf.mul(x, mask) : tf.clone(x);
}

/** The factors of the next random site, or undefined where nothing is dropped. */
export function dropoutMask(shape: readonly number[], rate: number): tf.Tensor | undefined {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: rate must be in [0, 1), got ${rate}.`);
  return rate > 0 ? randomTensor(shape, rate) : undefined;
}
