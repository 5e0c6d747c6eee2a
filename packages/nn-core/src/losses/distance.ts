import * as tf from '@tensorflow/tfjs-core';

/** Rows scaled to length 1; rows of zeros stay so. */
export function normalizeRows(rows: tf.Tensor): tf.Tensor {
  const squares = tf.sum(tf.square(rows), -1, true);
  return tf.mul(rows, tf.rsqrt(tf.maximum(squares, 1e-24))); // as PyTorch's normalize: lengths of at least 1e-12
}

/** Cosine of the angle between rows: `[..., size]` twice → `[...]`. */
export function cosineSimilarity(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const squares = (x: tf.Tensor): tf.Tensor => tf.add(tf.sum(tf.square(x), -1), 1e-12);
  return tf.div(tf.sum(tf.mul(a, b), -1), tf.sqrt(tf.mul(squares(a), squares(b))));
}

/** The p-norm of a − b + ε along the last axis, as PyTorch's `pairwise_distance`: `[..., size]` twice → `[...]`. */
export function rowDistance(a: tf.Tensor, b: tf.Tensor, p: number, epsilon: number): tf.Tensor {
  const difference = tf.add(tf.sub(a, b), epsilon); // keeps equal rows from a distance without a slope
  if (p === 2) return tf.sqrt(tf.sum(tf.square(difference), -1));
  const sizes = tf.abs(difference);
  return p === 1 ? tf.sum(sizes, -1) : tf.pow(tf.sum(tf.pow(sizes, p), -1), 1 / p);
}
