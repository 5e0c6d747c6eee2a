import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from './one-hot.ts';
import {
  type Reduced,
  type Reduction,
  type ReductionOptions,
  reduce,
  requireClassWeights,
  requireLabels,
  requireSameShape,
} from './reduction.ts';

/** Options of losses with a margin. */
export interface MarginOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** How far apart is far enough; each loss names its default. */
  readonly margin?: number;
}

/**
 * The hinge of a support vector machine: max(0, margin − label · score).
 *
 * @param scores any shape
 * @param labels the same shape, 1 or −1
 * @param options margin default 1
 * @returns a scalar: the mean or sum over elements; with `none` the same shape
 * @throws {ShapeError} if the shapes differ
 * @see Cortes & Vapnik 1995, "Support-vector networks"
 */
export function hingeLoss<R extends Reduction = 'mean'>(
  scores: tf.Tensor,
  labels: tf.Tensor,
  { margin = 1, reduction }: MarginOptions<R> = {},
): Reduced<R> {
  requireSameShape('hingeLoss', { scores, labels });
  return tf.tidy(() =>
    reduce('hingeLoss', tf.relu(tf.sub(margin, tf.mul(labels, scores))), (reduction ?? 'mean') as R),
  );
}

/**
 * The first score of each pair must be larger (label 1) or smaller (label −1) than the second by the margin.
 *
 * @param first  any shape
 * @param second the same shape
 * @param labels the same shape, 1 or −1
 * @param options margin default 0
 * @returns a scalar: the mean or sum over pairs; with `none` the same shape
 * @throws {ShapeError} if the shapes differ
 */
export function marginRankingLoss<R extends Reduction = 'mean'>(
  first: tf.Tensor,
  second: tf.Tensor,
  labels: tf.Tensor,
  { margin = 0, reduction }: MarginOptions<R> = {},
): Reduced<R> {
  requireSameShape('marginRankingLoss', { first, second, labels });
  return tf.tidy(() => {
    const lead = tf.mul(labels, tf.sub(first, second));
    return reduce('marginRankingLoss', tf.relu(tf.sub(margin, lead)), (reduction ?? 'mean') as R);
  });
}

/** Options of {@link multiMarginLoss}. */
export interface MultiMarginOptions<R extends Reduction = Reduction> extends MarginOptions<R> {
  /** 1 or 2: whether shortfalls count as they are or squared; default 1. */
  readonly power?: 1 | 2;
  /** `[classes]`: how much a target of each class counts; default all 1. */
  readonly classWeights?: tf.Tensor;
}

/**
 * The target's score must exceed every other class's by the margin: the mean over classes of
 * max(0, margin − score of the target + score)ᵖ, the target's own left out of the sum.
 *
 * @param scores  `[..., classes]`
 * @param targets int32 `[...]`, values in [0, classes)
 * @param options margin default 1
 * @returns a scalar: the mean or sum over targets; with `none` `[...]`
 * @throws {ShapeError} if shapes do not fit @throws {TypeError} if targets are not int32 @throws {RangeError} if power is not 1 or 2
 * @see Crammer & Singer 2001, "On the algorithmic implementation of multiclass kernel-based vector machines"
 */
export function multiMarginLoss<R extends Reduction = 'mean'>(
  scores: tf.Tensor,
  targets: tf.Tensor,
  { margin = 1, power = 1, classWeights, reduction }: MultiMarginOptions<R> = {},
): Reduced<R> {
  requireLabels('multiMarginLoss', 'scores', scores, targets);
  const classes = scores.shape.at(-1)!;
  requireClassWeights('multiMarginLoss', classWeights, classes);
  if (power !== 1 && power !== 2) {
    throw new RangeError(`multiMarginLoss: power must be 1 or 2, got ${String(power)}.`);
  }
  return tf.tidy(() => {
    const own = oneHot(targets, classes); // [..., classes]
    const ownScores = tf.sum(tf.mul(own, scores), -1, true);
    const shortfalls = tf.mul(tf.relu(tf.add(margin, tf.sub(scores, ownScores))), tf.sub(1, own));
    const means = tf.mean(power === 2 ? tf.square(shortfalls) : shortfalls, -1); // [...]
    const losses = classWeights ? tf.mul(means, tf.sum(tf.mul(own, classWeights), -1)) : means;
    return reduce('multiMarginLoss', losses, (reduction ?? 'mean') as R);
  });
}
