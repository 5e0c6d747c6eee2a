import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../tensor-data.ts';
import { customGradient } from './custom-gradient.ts';
import { dropoutMask } from './dropout.ts';

/** Large enough that its exponential is zero, small enough that adding scores to it stays finite. */
const MASKED = -1e9;

/**
 * Causal scaled dot-product attention: softmax(q kᵀ / √size) v, where position i attends to positions ≤ i.
 *
 * The backward pass is written by hand: with P the probabilities and o the output,
 * dS = P · (do vᵀ − Σ(do · o)), so no T×T product beyond P itself is kept.
 *
 * @param q `[batch, heads, time, size]`; k and v alike
 * @param options.dropoutRate dropout on the attention probabilities, active inside `withRandomness`
 * @returns `[batch, heads, time, size]`
 * @throws {ShapeError} unless q, k and v have one 4-D shape
 * @see Vaswani et al. 2017, §3.2.1; Dao et al. 2022, "FlashAttention", appendix B.4 (the backward pass)
 */
export function causalAttention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  { dropoutRate = 0 }: { readonly dropoutRate?: number } = {},
): tf.Tensor {
  if (q.rank !== 4 || `${q.shape}` !== `${k.shape}` || `${q.shape}` !== `${v.shape}`) {
    throw new ShapeError(
      `causalAttention: q, k and v must share one shape [batch, heads, time, size], got [${q.shape}], [${k.shape}], [${v.shape}].`,
    );
  }
  const [batch, heads, time, size] = q.shape as [number, number, number, number];
  return tf.tidy(() => {
    const scale = 1 / Math.sqrt(size);
    const future = causalMask(time);
    const keep = dropoutMask([batch, heads, time, time], dropoutRate);
    return customGradient([q, k, v], (q, k, v) => {
      const scores = tf.mul(tf.matMul(q!, k!, false, true), scale); // [B, H, T, T]
      const probabilities = tf.softmax(tf.add(scores, future));
      const output = tf.matMul(keep ? tf.mul(probabilities, keep) : probabilities, v!); // [B, H, T, D]
      const saved = [q!, k!, v!, probabilities, output, ...(keep ? [keep] : [])];
      return { value: output, saved, gradients: (dy, saved) => gradients(dy, saved as Saved, scale) };
    });
  });
}

type Saved = [
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  probabilities: tf.Tensor,
  output: tf.Tensor,
  keep?: tf.Tensor,
];

function gradients(dy: tf.Tensor, saved: Saved, scale: number): tf.Tensor[] {
  const [q, k, v, probabilities, output, keep] = saved;
  const dropped = (x: tf.Tensor): tf.Tensor => (keep ? tf.mul(x, keep) : x);
  const dv = tf.matMul(dropped(probabilities), dy, true, false);
  const dProbabilities = dropped(tf.matMul(dy, v, false, true)); // [B, H, T, T]
  const rowSums = tf.sum(tf.mul(dy, output), -1, true); // [B, H, T, 1]
  const dScores = tf.mul(probabilities, tf.sub(dProbabilities, rowSums));
  const dq = tf.mul(tf.matMul(dScores, k), scale);
  const dk = tf.mul(tf.matMul(dScores, q, true, false), scale);
  return [dq, dk, dv];
}

/** 0 where attention is allowed, a very negative number in the future: `[time, time]`. */
function causalMask(time: number): tf.Tensor2D {
  const mask = new Float32Array(time * time);
  for (let row = 0; row < time; row++) mask.fill(MASKED, row * time + row + 1, (row + 1) * time);
  return tf.tensor2d(mask, [time, time]);
}
