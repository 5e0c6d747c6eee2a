import * as tf from '@tensorflow/tfjs-core';
import { Module } from '../module/module.ts';
import { type ActivationName, activationByName } from './activation-functions.ts';
import { Dropout } from './dropout.ts';
import { Linear, type LinearOptions } from './linear.ts';

/** Options of {@link MLP}. */
export interface MLPOptions extends LinearOptions {
  /** Between the layers; default `gelu`. */
  readonly activation?: ActivationName;
  /** After each activation, in [0, 1); default 0. */
  readonly dropout?: number;
}

/**
 * Multi-layer perceptron: linear layers with an activation between them.
 *
 * @example
 * const mlp = new MLP([8, 32, 32, 3], { activation: 'relu', random: new RandomStream(0) });
 * mlp.forward(tf.ones([5, 8])).shape; // [5, 3]
 */
export class MLP extends Module {
  readonly layers: readonly Linear[];
  readonly activation: ActivationName;
  readonly dropout: Dropout;

  /**
   * @param sizes of the input, the hidden layers and the output
   * @throws {RangeError} if there are fewer than two sizes, or an option is out of range
   */
  constructor(sizes: readonly number[], { activation = 'gelu', dropout = 0, ...linear }: MLPOptions = {}) {
    super();
    if (sizes.length < 2) {
      throw new RangeError(`MLP: sizes must be those of the input and the output at least, got [${sizes}].`);
    }
    activationByName(activation);
    this.layers = sizes.slice(1).map((size, index) => new Linear(sizes[index]!, size, linear));
    this.activation = activation;
    this.dropout = new Dropout(dropout);
  }

  /** @param x `[..., input size]` @returns `[..., output size]`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    const activate = activationByName(this.activation);
    return tf.tidy(() =>
      this.layers.reduce((hidden, layer, index) => {
        const input = index === 0 ? hidden : this.dropout.forward(activate(hidden));
        return layer.forward(input);
      }, x),
    );
  }
}
