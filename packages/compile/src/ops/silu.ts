import * as tf from '@tensorflow/tfjs-core';
import { onnxNode } from '../trace/onnx-node.ts';
import { isTracing } from '../trace/trace-backend.ts';
import { customGradient } from './custom-gradient.ts';

/**
 * Sigmoid linear unit, x σ(x), also called swish.
 *
 * @param x any shape
 * @returns the shape of `x`
 * @see Elfwing et al. 2018, "Sigmoid-weighted linear units", §2
 */
export function silu(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    if (!isTracing()) return tf.mul(x, tf.sigmoid(x));
    return customGradient([x], (x) => {
      const [y] = onnxNode('QuickGelu', [x!], { alpha: 1 }, [{ shape: x!.shape }]);
      return { value: y!, saved: [x!], gradients: (dy, [x]) => [tf.mul(dy, derivative(x!))] };
    });
  });
}

/** With s = σ(x): s (1 + x (1 − s)) */
function derivative(x: tf.Tensor): tf.Tensor {
  const gate = tf.sigmoid(x);
  return tf.mul(gate, tf.add(1, tf.mul(x, tf.sub(1, gate))));
}
