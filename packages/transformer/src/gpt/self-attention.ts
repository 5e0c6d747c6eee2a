import * as tf from '@tensorflow/tfjs-core';
import { attention, linear } from '@wordloom/compile';
import { Dropout, Linear, Module } from '@wordloom/nn-core';
import type { GptConfig } from './gpt-config.ts';
import type { GptInitialization } from './initialization.ts';

/** How queries meet keys and values: all `[batch, heads, time, size]`, the result too. */
export type Attend = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.Tensor;

/**
 * Multi-head causal self-attention.
 *
 * @see Vaswani et al. 2017, §3.2.2
 */
export class SelfAttention extends Module {
  readonly headCount: number;
  /** `[3 embeddingSize, embeddingSize]`: queries, keys and values, in that order. */
  readonly queryKeyValue: Linear;
  readonly output: Linear;
  readonly outputDropout: Dropout;

  constructor(
    { embeddingSize, headCount, bias, dropout }: Required<GptConfig>,
    { random, weight, residualWeight }: GptInitialization,
  ) {
    super();
    this.headCount = headCount;
    this.queryKeyValue = new Linear(embeddingSize, 3 * embeddingSize, {
      bias,
      initializer: weight,
      random,
    });
    this.output = new Linear(embeddingSize, embeddingSize, {
      bias,
      initializer: residualWeight,
      random,
    });
    this.outputDropout = new Dropout(dropout);
  }

  /**
   * @param x      `[batch, time, embeddingSize]`
   * @param attend default: causal attention within `x`; generation with a cache brings its own
   * @returns `[batch, time, embeddingSize]`. Call it inside `tf.tidy`: intermediate tensors are not disposed here.
   */
  forward(x: tf.Tensor, attend: Attend = this.#attendCausally): tf.Tensor {
    const [batch, time, embeddingSize] = x.shape as [number, number, number];
    const size = embeddingSize / this.headCount;
    const [q, k, v] = this.#project(x).map((part) =>
      // [B, T, H D] -> [B, T, H, D] -> [B, H, T, D]
      tf.transpose(tf.reshape(part, [batch, time, this.headCount, size]), [0, 2, 1, 3]),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const heads = tf.transpose(attend(q, k, v), [0, 2, 1, 3]); // [B, H, T, D] -> [B, T, H, D]
    const merged = tf.reshape(heads, [batch, time, embeddingSize]); // [B, T, H, D] -> [B, T, H D]
    return this.outputDropout.forward(this.output.forward(merged));
  }

  /**
   * Queries, keys and values, each of the shape of `x`. The smaller matrix is the one that is cut in three: in
   * training the weights, in generation, token by token, the product.
   */
  #project(x: tf.Tensor): tf.Tensor[] {
    const { weight, bias } = this.queryKeyValue;
    const rows = x.size / x.shape.at(-1)!;
    if (rows <= weight.shape[1]!) return tf.split(this.queryKeyValue.forward(x), 3, -1);
    const biases = bias && tf.split(bias.value, 3);
    return tf.split(weight.value, 3).map((part, index) => linear(x, part, biases?.[index]));
  }

  readonly #attendCausally: Attend = (q, k, v) =>
    attention(q, k, v, { causal: true, dropoutRate: this.training ? this.outputDropout.rate : 0 });
}
