import * as tf from '@tensorflow/tfjs-core';
import { type GeluApproximation, gelu, ShapeError, silu } from '@wordloom/compile';
import { Module } from '../module/module.ts';
import { type ActivationName, activationByName, elu, mish, softplus } from './activation-functions.ts';

/** max(0, x). */
export class ReLU extends Module {
  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return tf.relu(x);
  }
}

/** x Φ(x), exactly or by GPT-2's tanh approximation. See {@link gelu}. */
export class GELU extends Module {
  readonly approximate: GeluApproximation;

  /** @param approximate default `none` */
  constructor(approximate: GeluApproximation = 'none') {
    super();
    this.approximate = approximate;
  }

  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return gelu(x, this.approximate);
  }
}

/** x σ(x), also called swish. */
export class SiLU extends Module {
  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return silu(x);
  }
}

/** Hyperbolic tangent. */
export class Tanh extends Module {
  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return tf.tanh(x);
  }
}

/** 1 / (1 + e⁻ˣ). */
export class Sigmoid extends Module {
  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return tf.sigmoid(x);
  }
}

/** x above 0, a fraction of it below. */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  /** @param negativeSlope default 0.01 */
  constructor(negativeSlope = 0.01) {
    super();
    this.negativeSlope = negativeSlope;
  }

  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return tf.leakyRelu(x, this.negativeSlope);
  }
}

/** x above 0, α (eˣ − 1) below. See {@link elu}. */
export class ELU extends Module {
  readonly alpha: number;

  /** @param alpha default 1 */
  constructor(alpha = 1) {
    super();
    this.alpha = alpha;
  }

  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return elu(x, this.alpha);
  }
}

/** log(1 + e^(β x)) / β: a smooth ReLU. */
export class Softplus extends Module {
  readonly beta: number;

  /** @param beta positive, default 1 @throws {RangeError} if it is not positive */
  constructor(beta = 1) {
    super();
    if (!(beta > 0)) throw new RangeError(`Softplus: beta must be positive, got ${beta}.`);
    this.beta = beta;
  }

  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return softplus(x, this.beta);
  }
}

/** x tanh(softplus(x)). See {@link mish}. */
export class Mish extends Module {
  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: tf.Tensor): tf.Tensor {
    return mish(x);
  }
}

/**
 * Gated linear unit: the first half of the last axis times the sigmoid of the second, as PyTorch.
 *
 * @see Dauphin et al. 2017, "Language modeling with gated convolutional networks", eq. 1
 */
export class GLU extends Module {
  /**
   * @param x `[..., 2 size]`
   * @returns `[..., size]`, owned by the caller
   * @throws {ShapeError} if the last axis is odd
   */
  forward(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const [value, gate] = halves('GLU', x);
      return tf.mul(value, tf.sigmoid(gate));
    });
  }
}

/**
 * The gate of Llama's feed-forward layers: SiLU of the first half of the last axis times the second half. Other
 * activations make GEGLU, ReGLU and the like of it.
 *
 * @see Shazeer 2020, "GLU variants improve Transformer", eq. 5
 */
export class SwiGLU extends Module {
  readonly activation: ActivationName;

  /** @param activation of the gate; default `silu` @throws {RangeError} if there is no such activation */
  constructor(activation: ActivationName = 'silu') {
    super();
    activationByName(activation);
    this.activation = activation;
  }

  /**
   * @param x `[..., 2 size]`: gate, then value
   * @returns `[..., size]`, owned by the caller
   * @throws {ShapeError} if the last axis is odd
   */
  forward(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const [gate, value] = halves('SwiGLU', x);
      return tf.mul(activationByName(this.activation)(gate), value);
    });
  }
}

function halves(owner: string, x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const size = x.shape.at(-1);
  if (size === undefined || size % 2 !== 0) {
    throw new ShapeError(`${owner}: x must have an even last axis, got [${x.shape}].`);
  }
  return tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
}
