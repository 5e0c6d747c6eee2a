import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';

/**
 * Which keys a query may see where several sequences stand in one row: those of its own segment.
 *
 * @param segments int32 `[batch, time]`: one number for all tokens of a sequence, 0 at padding
 * @returns bool `[batch, 1, time, time]`, true where attention is allowed, owned by the caller
 * @throws {ShapeError} if `segments` is not a matrix
 * @see Krell et al. 2021, "Efficient sequence packing without cross-contamination", §3.3.2
 * @example
 * attention.forward(x, { causal: true, mask: segmentMask(segments!), positions: { positions: positions! } });
 */
export function segmentMask(segments: tf.Tensor): tf.Tensor4D {
  if (segments.rank !== 2) {
    throw new ShapeError(`segmentMask: segments must be [batch, time], got [${segments.shape}].`);
  }
  const [batch, time] = segments.shape as [number, number];
  return tf.tidy(() => {
    const queries = tf.reshape(segments, [batch, 1, time, 1]);
    const keys = tf.reshape(segments, [batch, 1, 1, time]);
    return tf.logicalAnd(tf.equal(queries, keys), tf.greater(keys, 0)) as tf.Tensor4D;
  });
}
