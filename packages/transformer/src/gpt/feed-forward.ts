import type * as tf from '@tensorflow/tfjs-core';
import { gelu, type RandomStream } from '@wordloom/compile';
import { Dropout, Linear, Module, normalInitializer } from '@wordloom/nn-core';
import type { GptActivation, GptConfig } from './gpt-config.ts';
import { INITIAL_DEVIATION, residualDeviation } from './initialization.ts';

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

  constructor(config: Required<GptConfig>, random: RandomStream) {
    super();
    const { embeddingSize, bias, activation, dropout } = config;
    const hiddenSize = EXPANSION * embeddingSize;
    this.activation = activation;
    this.expand = new Linear(embeddingSize, hiddenSize, {
      bias,
      initializer: normalInitializer(INITIAL_DEVIATION),
      random,
    });
    this.contract = new Linear(hiddenSize, embeddingSize, {
      bias,
      initializer: normalInitializer(residualDeviation(config)),
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
