import * as tf from '@tensorflow/tfjs-core';
import { onnxNode } from '../trace/onnx-node.ts';
import { isTracing } from '../trace/trace-backend.ts';
import { customGradient } from './custom-gradient.ts';

/** `none`: x Φ(x) exactly; `tanh`: GPT-2's approximation of it. */
export type GeluApproximation = 'none' | 'tanh';

/**
 * Gaussian error linear unit, x Φ(x).
 *
 * The `tanh` form is computed as x σ(2u), u = √(2/π) (x + 0.044715 x³): the same function, since
 * (1 + tanh u) / 2 = σ(2u).
 *
 * @param x any shape
 * @returns the shape of `x`
 * @see Hendrycks & Gimpel 2016, "Gaussian error linear units", §2
 */
export function gelu(x: tf.Tensor, approximate: GeluApproximation = 'none'): tf.Tensor {
  return tf.tidy(() => {
    if (!isTracing()) return approximate === 'tanh' ? composedTanh(x) : composedExact(x);
    return customGradient([x], (x) => {
      const [y] = onnxNode('Gelu', [x!], { approximate }, [{ shape: x!.shape }]);
      const derivative = approximate === 'tanh' ? tanhDerivative : exactDerivative;
      return { value: y!, saved: [x!], gradients: (dy, [x]) => [tf.mul(dy, derivative(x!))] };
    });
  });
}

const CUBIC = 0.044715;
const SLOPE = 2 * Math.sqrt(2 / Math.PI); // of 2u at the origin

function composedTanh(x: tf.Tensor): tf.Tensor {
  const argument = tf.mul(tf.mul(x, SLOPE), tf.add(1, tf.mul(CUBIC, tf.square(x))));
  return tf.mul(x, tf.sigmoid(argument));
}

function composedExact(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
}

/** Φ(x) + x φ(x) */
function exactDerivative(x: tf.Tensor): tf.Tensor {
  const cumulative = tf.add(0.5, tf.mul(0.5, tf.erf(tf.mul(x, Math.SQRT1_2))));
  const density = tf.mul(1 / Math.sqrt(2 * Math.PI), tf.exp(tf.mul(-0.5, tf.square(x))));
  return tf.add(cumulative, tf.mul(x, density));
}

/** With v = 2u(x) and s = σ(v): s + x s (1 − s) v′ */
function tanhDerivative(x: tf.Tensor): tf.Tensor {
  const square = tf.square(x);
  const gate = tf.sigmoid(tf.mul(x, tf.add(SLOPE, tf.mul(SLOPE * CUBIC, square))));
  const slope = tf.add(SLOPE, tf.mul(3 * SLOPE * CUBIC, square)); // v′
  return tf.mul(gate, tf.add(1, tf.mul(tf.mul(x, slope), tf.sub(1, gate))));
}
