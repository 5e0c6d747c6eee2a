import * as tf from '@tensorflow/tfjs-core';
import { randomTensor } from '../random/random-tensor.ts';

/** Options of {@link randomUniform}. */
export interface RandomUniformOptions {
  /** Default 0. */
  readonly min?: number;
  /** Default 1; not drawn itself. */
  readonly max?: number;
}

/** Options of {@link randomNormal}. */
export interface RandomNormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Default 1. */
  readonly standardDeviation?: number;
}

/**
 * Uniform random numbers in [min, max), with 24 random bits: other ones at every step, the same eager and compiled. `tf.randomUniform` would draw once, when
 * the program is traced.
 *
 * @throws {Error} outside {@link withRandomness}, or if a compiled function is called without a draw
 */
export function randomUniform(
  shape: readonly number[],
  { min = 0, max = 1 }: RandomUniformOptions = {},
): tf.Tensor {
  const numbers = uniformNumbers('randomUniform', shape);
  return min === 0 && max === 1 ? numbers : tf.tidy(() => tf.add(tf.mul(numbers, max - min), min));
}

/**
 * Normal random numbers (Box–Muller): other ones at every step, the same eager and compiled up to rounding.
 *
 * @throws as {@link randomUniform}
 */
export function randomNormal(
  shape: readonly number[],
  { mean = 0, standardDeviation = 1 }: RandomNormalOptions = {},
): tf.Tensor {
  return tf.tidy(() => {
    const radius = tf.sqrt(tf.mul(tf.log(tf.sub(1, uniformNumbers('randomNormal', shape))), -2));
    const angle = tf.mul(uniformNumbers('randomNormal', shape), 2 * Math.PI);
    return tf.add(tf.mul(tf.mul(radius, tf.cos(angle)), standardDeviation), mean);
  });
}

/**
 * Draws outcomes by their logits. `tf.multinomial` is this when it is traced.
 *
 * @param logits `[rows, outcomes]` or `[outcomes]`, unnormalized log-probabilities
 * @param count  draws from each row
 * @returns int32 `[rows, count]` or `[count]`
 * @throws as {@link randomUniform}
 */
export function multinomial(logits: tf.Tensor, count: number): tf.Tensor {
  return tf.tidy(() => {
    const rows = logits.rank === 1 ? tf.expandDims(logits, 0) : logits;
    const drawn = drawOutcomes('multinomial', tf.softmax(rows), count);
    return logits.rank === 1 ? tf.reshape(drawn, [count]) : drawn;
  });
}

/**
 * The outcome in whose part of [0, 1) a uniform number falls: as many as there are sums of probabilities up to it, the last left out.
 *
 * @param probabilities `[rows, outcomes]` @returns int32 `[rows, count]`
 */
export function drawOutcomes(caller: string, probabilities: tf.Tensor, count: number): tf.Tensor {
  const [rows, outcomes] = probabilities.shape as [number, number];
  const numbers = uniformNumbers(caller, [rows, count]);
  if (outcomes === 1) return tf.zeros([rows, count], 'int32');
  const sums = tf.slice(tf.cumsum(probabilities, 1), [0, 0], [rows, outcomes - 1]);
  const passed = tf.greaterEqual(tf.expandDims(numbers, 2), tf.expandDims(sums, 1)); // [rows, count, outcomes - 1]
  return tf.sum(tf.cast(passed, 'int32'), 2);
}

function uniformNumbers(caller: string, shape: readonly number[]): tf.Tensor {
  const numbers = randomTensor(shape, undefined);
  if (numbers) return numbers;
  throw new Error(
    `${caller}: must run inside withRandomness, got no randomness. Call a compiled function with a draw, { seed, step }.`,
  );
}
