import * as tf from '@tensorflow/tfjs-core';
import type { ComposedKernels } from './composed-kernel.ts';

interface Attributes {
  readonly depthRadius: number;
  readonly bias: number;
  readonly alpha: number;
  readonly beta: number;
}

/**
 * Local response normalization: y = x · n^−β with n = bias + α Σ x² over the neighboring channels.
 *
 * @see Krizhevsky et al. 2012, "ImageNet classification with deep convolutional neural networks", §3.3
 */
export const localResponseKernels: ComposedKernels = {
  LRN: ({ x }, attributes: Attributes) => tf.mul(x!, tf.pow(norms(x!, attributes), -attributes.beta)),
  /** Every channel is in the sums of its neighbors: dx = dy · n^−β − 2αβ · x · Σ dy · y / n. */
  LRNGrad: ({ x, y, dy }, attributes: Attributes) => {
    const { alpha, beta, depthRadius } = attributes;
    const n = norms(x!, attributes);
    const neighbors = overNeighbors(tf.div(tf.mul(dy!, y!), n), depthRadius);
    return tf.sub(tf.mul(dy!, tf.pow(n, -beta)), tf.mul(tf.mul(x!, 2 * alpha * beta), neighbors));
  },
};

function norms(x: tf.Tensor, { depthRadius, bias, alpha }: Attributes): tf.Tensor {
  return tf.add(bias, tf.mul(alpha, overNeighbors(tf.square(x), depthRadius)));
}

/** Sums over the channels that are at most `radius` away: a product with a band of ones. */
function overNeighbors(x: tf.Tensor, radius: number): tf.Tensor {
  const channels = x.shape.at(-1)!;
  const band = Float32Array.from({ length: channels * channels }, (_, index) =>
    Math.abs(Math.floor(index / channels) - (index % channels)) <= radius ? 1 : 0,
  );
  const sums = tf.matMul(tf.reshape(x, [-1, channels]), tf.tensor2d(band, [channels, channels]));
  return tf.reshape(sums, x.shape);
}
