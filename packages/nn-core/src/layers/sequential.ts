import * as tf from '@tensorflow/tfjs-core';
import { Module } from '../module/module.ts';

/** A module from one tensor to one tensor. */
export interface Layer extends Module {
  forward(x: tf.Tensor): tf.Tensor;
}

/**
 * Layers one after the other. Their names are their places, as in PyTorch: `0.weight`, `2.bias`.
 *
 * @example
 * const classify = new Sequential([new Linear(8, 16), new ReLU(), new Linear(16, 3)]);
 * classify.forward(tf.ones([5, 8])).shape; // [5, 3]
 */
export class Sequential extends Module {
  /** Number of layers. */
  readonly length: number;
  readonly [place: number]: Layer;

  constructor(layers: readonly Layer[]) {
    super();
    this.length = layers.length;
    Object.assign(this, layers);
  }

  /** @param x what the first layer takes @returns what the last gives, owned by the caller; `x` itself, copied, without layers */
  forward(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      let y: tf.Tensor = tf.clone(x);
      for (let place = 0; place < this.length; place++) y = this[place]!.forward(y);
      return y;
    });
  }
}
