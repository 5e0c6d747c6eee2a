import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../tensor-data.ts';
import { onnxNode } from '../trace/onnx-node.ts';
import { isTracing } from '../trace/trace-backend.ts';
import { customGradient } from './custom-gradient.ts';

/**
 * Layer normalization over the last axis: (x − mean) / √(variance + ε) · weight + bias.
 *
 * @param x      `[..., size]`
 * @param weight `[size]`
 * @param bias   `[size]`; default none
 * @param epsilon added to the variance
 * @returns `[..., size]`
 * @throws {ShapeError} if weight or bias do not have the size of the last axis
 * @see Ba et al. 2016, "Layer normalization", §3
 */
export function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor, epsilon = 1e-5): tf.Tensor {
  const size = x.shape.at(-1);
  if (weight.rank !== 1 || weight.size !== size || (bias && (bias.rank !== 1 || bias.size !== size))) {
    throw new ShapeError(
      `layerNorm: weight and bias must be [${size}] for x [${x.shape}], got [${weight.shape}] and ${bias ? `[${bias.shape}]` : 'none'}.`,
    );
  }
  return tf.tidy(() =>
    isTracing() ? fused(x, weight, bias ?? tf.zeros([size]), epsilon) : composed(x, weight, bias, epsilon),
  );
}

function composed(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | undefined, epsilon: number): tf.Tensor {
  const centered = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centered), -1, true);
  const normalized = tf.mul(centered, tf.rsqrt(tf.add(variance, epsilon)));
  const scaled = tf.mul(normalized, weight);
  return bias ? tf.add(scaled, bias) : scaled;
}

function fused(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  const statistics = [...x.shape.slice(0, -1), 1];
  return customGradient([x, weight, bias], (x, weight, bias) => {
    const [y, mean, inverseDeviation] = onnxNode(
      'LayerNormalization',
      [x!, weight!, bias!],
      { axis: -1, epsilon },
      [{ shape: x!.shape }, { shape: statistics }, { shape: statistics }],
    );
    const saved = [x!, weight!, mean!, inverseDeviation!];
    return { value: y!, saved, gradients: (dy, saved) => gradients(dy, ...(saved as Saved)) };
  });
}

type Saved = [x: tf.Tensor, weight: tf.Tensor, mean: tf.Tensor, inverseDeviation: tf.Tensor];

/**
 * With x̂ the normalized input and g = dy · weight:
 * dx = (g − mean(g) − x̂ · mean(g · x̂)) / deviation, dweight = Σ dy · x̂, dbias = Σ dy.
 */
function gradients(
  dy: tf.Tensor,
  x: tf.Tensor,
  weight: tf.Tensor,
  mean: tf.Tensor,
  inverse: tf.Tensor,
): tf.Tensor[] {
  const rowAxes = x.shape.slice(0, -1).map((_, axis) => axis);
  const normalized = tf.mul(tf.sub(x, mean), inverse);
  const scaledGradient = tf.mul(dy, weight);
  const projection = tf.mean(tf.mul(scaledGradient, normalized), -1, true);
  const centered = tf.sub(scaledGradient, tf.mean(scaledGradient, -1, true));
  const dx = tf.mul(tf.sub(centered, tf.mul(normalized, projection)), inverse);
  return [dx, tf.sum(tf.mul(dy, normalized), rowAxes), tf.sum(dy, rowAxes)];
}
