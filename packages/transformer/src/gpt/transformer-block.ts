import * as tf from '@tensorflow/tfjs-core';
import { LayerNorm, Module } from '@wordloom/nn-core';
import { FeedForward } from './feed-forward.ts';
import type { GptConfig } from './gpt-config.ts';
import type { GptInitialization } from './initialization.ts';
import { type Attend, SelfAttention } from './self-attention.ts';

/**
 * One layer of a GPT: x + attention(norm(x)), then x + feedForward(norm(x)).
 *
 * The norm stands before each branch (GPT-2), not after the sum as in the first Transformer.
 *
 * @see Radford et al. 2019, §2.3; Xiong et al. 2020, "On layer normalization in the Transformer architecture"
 */
export class TransformerBlock extends Module {
  readonly attentionNorm: LayerNorm;
  readonly attention: SelfAttention;
  readonly feedForwardNorm: LayerNorm;
  readonly feedForward: FeedForward;

  constructor(config: Required<GptConfig>, initialization: GptInitialization) {
    super();
    const { embeddingSize, normEpsilon: epsilon, bias } = config;
    this.attentionNorm = new LayerNorm(embeddingSize, { epsilon, bias });
    this.attention = new SelfAttention(config, initialization);
    this.feedForwardNorm = new LayerNorm(embeddingSize, { epsilon, bias });
    this.feedForward = new FeedForward(config, initialization);
  }

  /**
   * @param x      `[batch, time, embeddingSize]`
   * @param attend how queries meet keys; default: causal attention within `x`
   * @returns the shape of `x`. Call it inside `tf.tidy`.
   */
  forward(x: tf.Tensor, attend?: Attend): tf.Tensor {
    const attended = tf.add(x, this.attention.forward(this.attentionNorm.forward(x), attend));
    return tf.add(attended, this.feedForward.forward(this.feedForwardNorm.forward(attended)));
  }
}
