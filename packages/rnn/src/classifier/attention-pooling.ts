import * as tf from '@tensorflow/tfjs-core';
import { Linear, type LinearOptions, Module } from '@wordloom/nn-core';

/** Below every score, so that its exponential is zero. */
const MASKED = -1e9;

/** What {@link AttentionPooling.forward} returns. */
export interface PooledByAttention {
  /** `[batch, size]` */
  readonly pooled: tf.Tensor;
  /** `[batch, time]`: how much each step counts; sums to 1, zeros after a sequence's end. */
  readonly weights: tf.Tensor;
}

/**
 * The sum of all steps, weighed by softmax(vᵀ tanh(W h + b)).
 *
 * @see Yang et al. 2016, "Hierarchical attention networks for document classification", §2.2
 */
export class AttentionPooling extends Module {
  /** `[size, size]` */
  readonly hidden: Linear;
  /** `[1, size]` */
  readonly score: Linear;

  constructor(size: number, options: Pick<LinearOptions, 'random'> = {}) {
    super();
    this.hidden = new Linear(size, size, options);
    this.score = new Linear(size, 1, { ...options, bias: false });
  }

  /** @param x `[batch, time, size]` @param mask bool `[batch, time]`, true for steps that count; default all */
  forward(x: tf.Tensor, mask?: tf.Tensor): PooledByAttention {
    return tf.tidy(() => {
      let scores = tf.squeeze(this.score.forward(tf.tanh(this.hidden.forward(x))), [2]); // [B, T]
      if (mask) scores = tf.add(scores, tf.mul(tf.sub(1, tf.cast(mask, 'float32')), MASKED));
      const weights = tf.softmax(scores);
      return { pooled: tf.sum(tf.mul(x, tf.expandDims(weights, 2)), 1), weights };
    });
  }
}
