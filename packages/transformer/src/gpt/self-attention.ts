import * as tf from '@tensorflow/tfjs-core';
import { causalAttention, type RandomStream } from '@wordloom/compile';
import { Dropout, Linear, Module, normalInitializer } from '@wordloom/nn-core';
import type { GptConfig } from './gpt-config.ts';
import { INITIAL_DEVIATION, residualDeviation } from './initialization.ts';

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

  constructor(config: Required<GptConfig>, random: RandomStream) {
    super();
    const { embeddingSize, headCount, bias, dropout } = config;
    this.headCount = headCount;
    this.queryKeyValue = new Linear(embeddingSize, 3 * embeddingSize, {
      bias,
      initializer: normalInitializer(INITIAL_DEVIATION),
      random,
    });
    this.output = new Linear(embeddingSize, embeddingSize, {
      bias,
      initializer: normalInitializer(residualDeviation(config)),
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
    const [q, k, v] = tf.split(this.queryKeyValue.forward(x), 3, -1).map((part) =>
      // [B, T, H D] -> [B, T, H, D] -> [B, H, T, D]
      tf.transpose(tf.reshape(part, [batch, time, this.headCount, size]), [0, 2, 1, 3]),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const heads = tf.transpose(attend(q, k, v), [0, 2, 1, 3]); // [B, H, T, D] -> [B, T, H, D]
    const merged = tf.reshape(heads, [batch, time, embeddingSize]); // [B, T, H, D] -> [B, T, H D]
    return this.outputDropout.forward(this.output.forward(merged));
  }

  readonly #attendCausally: Attend = (q, k, v) =>
    causalAttention(q, k, v, { dropoutRate: this.training ? this.outputDropout.rate : 0 });
}
