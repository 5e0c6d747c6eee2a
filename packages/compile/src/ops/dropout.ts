import * as tf from '@tensorflow/tfjs-core';
import { randomKey } from '../random/random-stream.ts';
import { nextRandomSite } from '../random/randomness.ts';
import { fillDropoutMask } from '../random/threefry.ts';
import { sizeOf } from '../tensor-data.ts';
import { isTracing, traceBackend } from '../trace/trace-backend.ts';

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
  const random = rate > 0 ? nextRandomSite() : undefined;
  if (!random) return undefined;
  if (isTracing()) return traceBackend().randomInput(shape, rate, random.site);
  const { draw, site, repetition } = random;
  const size = sizeOf(shape);
  const skipped = (repetition * size) % 4; // factors come in groups of four
  const mask = new Float32Array(skipped + size);
  fillDropoutMask(mask, rate, randomKey(draw.seed, draw.step, site), (repetition * size - skipped) / 4);
  return tf.tensor(mask.subarray(skipped), [...shape]);
}
