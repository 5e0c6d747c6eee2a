import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../tensor-data.ts';
import { onnxNode } from '../trace/onnx-node.ts';
import { isTracing } from '../trace/trace-backend.ts';
import { customGradient } from './custom-gradient.ts';

/**
 * Root mean square normalization over the last axis: x / √(mean(x²) + ε) · weight.
 *
 * @param x      `[..., size]`
 * @param weight `[size]`
 * @param epsilon added to the mean square
 * @returns `[..., size]`
 * @throws {ShapeError} if weight does not have the size of the last axis
 * @see Zhang & Sennrich 2019, "Root mean square layer normalization", §3
 */
export function rmsNorm(x: tf.Tensor, weight: tf.Tensor, epsilon = 1e-6): tf.Tensor {
  const size = x.shape.at(-1);
  if (weight.rank !== 1 || weight.size !== size) {
    throw new ShapeError(`rmsNorm: weight must be [${size}] for x [${x.shape}], got [${weight.shape}].`);
  }
  return tf.tidy(() => (isTracing() ? fused(x, weight, epsilon) : composed(x, weight, epsilon)));
}

function composed(x: tf.Tensor, weight: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.mul(tf.mul(x, inverseRootMeanSquare(x, epsilon)), weight);
}

/**
 * With x̂ = x · inverse and g = dy · weight: dx = (g − x̂ · mean(g · x̂)) · inverse, dweight = Σ dy · x̂.
 *
 * The operator could return `inverse`, but on WebGPU ONNX Runtime 1.30 returns something else there.
 */
function fused(x: tf.Tensor, weight: tf.Tensor, epsilon: number): tf.Tensor {
  const rowAxes = x.shape.slice(0, -1).map((_, axis) => axis);
  return customGradient([x, weight], (x, weight) => {
    const attributes = { axis: -1, epsilon };
    const [y] = onnxNode('SimplifiedLayerNormalization', [x!, weight!], attributes, [{ shape: x!.shape }]);
    const gradients = (dy: tf.Tensor, [x, weight]: readonly tf.Tensor[]): tf.Tensor[] => {
      const inverse = inverseRootMeanSquare(x!, epsilon);
      const normalized = tf.mul(x!, inverse);
      const scaledGradient = tf.mul(dy, weight!);
      const projection = tf.mean(tf.mul(scaledGradient, normalized), -1, true);
      const dx = tf.mul(tf.sub(scaledGradient, tf.mul(normalized, projection)), inverse);
      return [dx, tf.sum(tf.mul(dy, normalized), rowAxes)];
    };
    return { value: y!, saved: [x!, weight!], gradients };
  });
}

/** `[..., 1]` */
function inverseRootMeanSquare(x: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), epsilon));
}
