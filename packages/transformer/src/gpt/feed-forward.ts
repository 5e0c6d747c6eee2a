import type * as tf from '@tensorflow/tfjs-core';
import { gelu } from '@wordloom/compile';
import { Dropout, Linear, Module } from '@wordloom/nn-core';
import type { GptActivation, GptConfig } from './gpt-config.ts';
import type { GptInitialization } from './initialization.ts';

/** How much wider the hidden layer is than the residual stream. */
const EXPANSION = 4;

/**
 * Position-wise feed-forward network: to four times the width, GELU, and back.
 *
 * @see Vaswani et al. 2017, §3.3 (with GELU for ReLU, as GPT-1)
 */
export class FeedForward extends Module {
  readonly activation: GptActivation;
  readonly expand: Linear;
  readonly contract: Linear;
  readonly outputDropout: Dropout;

  constructor(
    { embeddingSize, bias, activation, dropout }: Required<GptConfig>,
    { random, weight, residualWeight }: GptInitialization,
  ) {
    super();
    const hiddenSize = EXPANSION * embeddingSize;
    this.activation = activation;
    this.expand = new Linear(embeddingSize, hiddenSize, {
      bias,
      initializer: weight,
      random,
    });
    this.contract = new Linear(hiddenSize, embeddingSize, {
      bias,
      initializer: residualWeight,
      random,
    });
    this.outputDropout = new Dropout(dropout);
  }

  /** @param x `[..., embeddingSize]` @returns the same shape. Call it inside `tf.tidy`. */
  forward(x: tf.Tensor): tf.Tensor {
    const hidden = gelu(this.expand.forward(x), this.activation === 'gelu_new' ? 'tanh' : 'none'); // [..., 4 C]
    return this.outputDropout.forward(this.contract.forward(hidden));
  }
}
