import * as tf from '@tensorflow/tfjs-core';
import { cosineSimilarity, rowDistance } from './distance.ts';
import type { MarginOptions } from './margin.ts';
import { type Reduced, type Reduction, reduce, requireSameShape } from './reduction.ts';

/**
 * Pairs that belong together (label 1) at 1 − cosine, other pairs (label −1) at max(0, cosine − margin).
 *
 * @param a      `[..., size]`
 * @param b      `[..., size]`
 * @param labels `[...]`, 1 or −1
 * @param options margin default 0, sensibly up to 0.5
 * @returns a scalar: the mean or sum over pairs; with `none` `[...]`
 * @throws {ShapeError} if the shapes do not fit
 */
export function cosineEmbeddingLoss<R extends Reduction = 'mean'>(
  a: tf.Tensor,
  b: tf.Tensor,
  labels: tf.Tensor,
  { margin = 0, reduction }: MarginOptions<R> = {},
): Reduced<R> {
  requireSameShape('cosineEmbeddingLoss', { a, b });
  return tf.tidy(() => {
    const cosine = cosineSimilarity(a, b); // [...]
    requireSameShape('cosineEmbeddingLoss', { 'the pairs': cosine, labels });
    return byLabel('cosineEmbeddingLoss', labels, reduction, {
      positive: tf.sub(1, cosine),
      negative: tf.relu(tf.sub(cosine, margin)),
    });
  });
}

/**
 * Distances of pairs: those that belong together (label 1) at the distance itself, others (label −1) at
 * max(0, margin − distance).
 *
 * @param distances any shape
 * @param labels    the same shape, 1 or −1
 * @param options   margin default 1
 * @returns a scalar: the mean or sum over pairs; with `none` the same shape
 * @throws {ShapeError} if the shapes differ
 */
export function hingeEmbeddingLoss<R extends Reduction = 'mean'>(
  distances: tf.Tensor,
  labels: tf.Tensor,
  { margin = 1, reduction }: MarginOptions<R> = {},
): Reduced<R> {
  requireSameShape('hingeEmbeddingLoss', { distances, labels });
  return tf.tidy(() =>
    byLabel('hingeEmbeddingLoss', labels, reduction, {
      positive: distances,
      negative: tf.relu(tf.sub(margin, distances)),
    }),
  );
}

/** Options of {@link tripletMarginLoss}. */
export interface TripletMarginOptions<R extends Reduction = Reduction> extends MarginOptions<R> {
  /** Which norm measures distances; positive, default 2. */
  readonly p?: number;
  /** Whether the positive, where it is nearer to the negative, stands in for the anchor; default false. */
  readonly swap?: boolean;
  /** Added to differences; default 1e-6. */
  readonly epsilon?: number;
}

/**
 * The negative must be farther from the anchor than the positive by the margin.
 *
 * @param anchor   `[..., size]`
 * @param positive `[..., size]`
 * @param negative `[..., size]`
 * @param options  margin default 1
 * @returns a scalar: the mean or sum over triplets; with `none` `[...]`
 * @throws {ShapeError} if the shapes differ @throws {RangeError} if p is not positive
 * @see Balntas et al. 2016, "Learning local feature descriptors with triplets and shallow convolutional neural networks"
 */
export function tripletMarginLoss<R extends Reduction = 'mean'>(
  anchor: tf.Tensor,
  positive: tf.Tensor,
  negative: tf.Tensor,
  { margin = 1, p = 2, swap = false, epsilon = 1e-6, reduction }: TripletMarginOptions<R> = {},
): Reduced<R> {
  requireSameShape('tripletMarginLoss', { anchor, positive, negative });
  if (!(p > 0)) throw new RangeError(`tripletMarginLoss: p must be positive, got ${p}.`);
  return tf.tidy(() => {
    const near = rowDistance(anchor, positive, p, epsilon);
    let far = rowDistance(anchor, negative, p, epsilon);
    if (swap) far = tf.minimum(far, rowDistance(positive, negative, p, epsilon));
    return reduce(
      'tripletMarginLoss',
      tf.relu(tf.add(margin, tf.sub(near, far))),
      (reduction ?? 'mean') as R,
    );
  });
}

function byLabel<R extends Reduction>(
  owner: string,
  labels: tf.Tensor,
  reduction: R | undefined,
  { positive, negative }: { positive: tf.Tensor; negative: tf.Tensor },
): Reduced<R> {
  const isPositive = tf.cast(tf.greater(labels, 0), 'float32');
  const losses = tf.add(tf.mul(isPositive, positive), tf.mul(tf.sub(1, isPositive), negative));
  return reduce(owner, losses, (reduction ?? 'mean') as R);
}
