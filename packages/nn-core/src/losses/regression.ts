import * as tf from '@tensorflow/tfjs-core';
import {
  type Reduced,
  type Reduction,
  type ReductionOptions,
  reduce,
  requireSameShape,
} from './reduction.ts';

/**
 * Squared differences.
 *
 * @param predictions any shape
 * @param targets     the same shape
 * @returns a scalar: the mean or sum over elements; with `none` the same shape
 * @throws {ShapeError} if the shapes differ
 */
export function meanSquaredError<R extends Reduction = 'mean'>(
  predictions: tf.Tensor,
  targets: tf.Tensor,
  { reduction }: ReductionOptions<R> = {},
): Reduced<R> {
  return compare('meanSquaredError', predictions, targets, reduction, (difference) => tf.square(difference));
}

/**
 * Absolute differences, PyTorch's `l1_loss`; the slope at 0 is 0. Shapes and result as {@link meanSquaredError}.
 *
 * @throws {ShapeError} if the shapes differ
 */
export function meanAbsoluteError<R extends Reduction = 'mean'>(
  predictions: tf.Tensor,
  targets: tf.Tensor,
  { reduction }: ReductionOptions<R> = {},
): Reduced<R> {
  return compare('meanAbsoluteError', predictions, targets, reduction, absolute);
}

/** Options of {@link huberLoss}. */
export interface HuberOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** Where the square turns into a line; positive, default 1. */
  readonly delta?: number;
}

/**
 * Half the square of small differences, δ (|d| − δ/2) of large ones. Shapes and result as {@link meanSquaredError}.
 *
 * @throws {ShapeError} if the shapes differ @throws {RangeError} if delta is not positive
 * @see Huber 1964, "Robust estimation of a location parameter"
 */
export function huberLoss<R extends Reduction = 'mean'>(
  predictions: tf.Tensor,
  targets: tf.Tensor,
  { delta = 1, reduction }: HuberOptions<R> = {},
): Reduced<R> {
  if (!(delta > 0)) throw new RangeError(`huberLoss: delta must be positive, got ${delta}.`);
  return compare('huberLoss', predictions, targets, reduction, (difference) => huber(difference, delta));
}

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1Options<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** Where the square turns into a line of slope 1; 0 is {@link meanAbsoluteError}. Default 1. */
  readonly beta?: number;
}

/**
 * The Huber loss divided by β: its line has slope 1 whatever β. Shapes and result as {@link meanSquaredError}.
 *
 * @throws {ShapeError} if the shapes differ @throws {RangeError} if beta is negative
 * @see Girshick 2015, "Fast R-CNN", eq. 3
 */
export function smoothL1Loss<R extends Reduction = 'mean'>(
  predictions: tf.Tensor,
  targets: tf.Tensor,
  { beta = 1, reduction }: SmoothL1Options<R> = {},
): Reduced<R> {
  if (!(beta >= 0)) throw new RangeError(`smoothL1Loss: beta must not be negative, got ${beta}.`);
  const loss = (difference: tf.Tensor): tf.Tensor =>
    beta === 0 ? absolute(difference) : tf.div(huber(difference, beta), beta);
  return compare('smoothL1Loss', predictions, targets, reduction, loss);
}

/** With c the difference cut to ±δ: c (d − c / 2). */
function huber(difference: tf.Tensor, delta: number): tf.Tensor {
  const cut = tf.clipByValue(difference, -delta, delta);
  return tf.mul(cut, tf.sub(difference, tf.mul(0.5, cut)));
}

/** tfjs's own `abs` has slope −1 at 0. */
function absolute(difference: tf.Tensor): tf.Tensor {
  return tf.mul(difference, tf.sign(difference));
}

function compare<R extends Reduction>(
  owner: string,
  predictions: tf.Tensor,
  targets: tf.Tensor,
  reduction: R | undefined,
  loss: (difference: tf.Tensor) => tf.Tensor,
): Reduced<R> {
  requireSameShape(owner, { predictions, targets });
  return tf.tidy(() => reduce(owner, loss(tf.sub(predictions, targets)), (reduction ?? 'mean') as R));
}
