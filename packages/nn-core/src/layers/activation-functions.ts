import * as tf from '@tensorflow/tfjs-core';
import { gelu, silu } from '@wordloom/compile';

/** Activations that have a name, for settings that are read from a file. */
export type ActivationName =
  | 'elu'
  | 'gelu'
  | 'geluTanh'
  | 'leakyRelu'
  | 'mish'
  | 'relu'
  | 'sigmoid'
  | 'silu'
  | 'softplus'
  | 'tanh';

const ACTIVATIONS: Readonly<Record<ActivationName, (x: tf.Tensor) => tf.Tensor>> = {
  elu: (x) => tf.elu(x),
  gelu: (x) => gelu(x),
  geluTanh: (x) => gelu(x, 'tanh'),
  leakyRelu: (x) => tf.leakyRelu(x, 0.01),
  mish,
  relu: (x) => tf.relu(x),
  sigmoid: (x) => tf.sigmoid(x),
  silu,
  softplus: (x) => tf.softplus(x),
  tanh: (x) => tf.tanh(x),
};

/**
 * An activation by name, with PyTorch's defaults.
 *
 * @returns a function of a tensor of any shape
 * @throws {RangeError} if there is none of that name
 */
export function activationByName(name: ActivationName): (x: tf.Tensor) => tf.Tensor {
  if (!Object.hasOwn(ACTIVATIONS, name)) {
    const names = Object.keys(ACTIVATIONS).join(', ');
    throw new RangeError(`activationByName: name must be one of ${names}, got ${String(name)}.`);
  }
  return ACTIVATIONS[name];
}

/**
 * x tanh(softplus(x)).
 *
 * @param x any shape
 * @see Misra 2020, "Mish: a self regularized non-monotonic activation function"
 */
export function mish(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.mul(x, tf.tanh(tf.softplus(x))));
}

/**
 * Exponential linear unit: x above 0, α (eˣ − 1) below.
 *
 * @param x any shape
 * @see Clevert et al. 2016, "Fast and accurate deep network learning by exponential linear units"
 */
export function elu(x: tf.Tensor, alpha = 1): tf.Tensor {
  if (alpha === 1) return tf.elu(x);
  return tf.tidy(() => tf.add(tf.relu(x), tf.mul(alpha, tf.expm1(tf.minimum(x, 0)))));
}

/** log(1 + e^(β x)) / β. @param x any shape */
export function softplus(x: tf.Tensor, beta = 1): tf.Tensor {
  return tf.tidy(() => (beta === 1 ? tf.softplus(x) : tf.div(tf.softplus(tf.mul(beta, x)), beta)));
}
