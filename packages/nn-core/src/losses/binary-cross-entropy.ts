import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';
import {
  type Reduced,
  type Reduction,
  type ReductionOptions,
  reduce,
  requireSameShape,
} from './reduction.ts';

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BinaryCrossEntropyOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** Factor of the loss of positive targets, against rare positives: a number, or a tensor that broadcasts to logits. Default 1. */
  readonly positiveWeight?: number | tf.Tensor;
  /** Factor of the loss of each element; a tensor that broadcasts to logits. Default 1. */
  readonly weight?: tf.Tensor;
}

/**
 * Negative log-likelihood of yes-or-no targets under sigmoid(logits), in nats, computed without overflow.
 *
 * @param logits  any shape
 * @param targets float32 of the same shape, in [0, 1]
 * @returns a scalar: the mean or sum over elements; with `none` the shape of logits
 * @throws {ShapeError} if shapes do not fit
 */
export function binaryCrossEntropyWithLogits<R extends Reduction = 'mean'>(
  logits: tf.Tensor,
  targets: tf.Tensor,
  options: BinaryCrossEntropyOptions<R> = {},
): Reduced<R> {
  const owner = 'binaryCrossEntropyWithLogits';
  const { positiveWeight, weight } = options;
  requireSameShape(owner, { logits, targets });
  requireBroadcast(owner, 'weight', weight, logits);
  if (positiveWeight instanceof tf.Tensor) requireBroadcast(owner, 'positiveWeight', positiveWeight, logits);
  return tf.tidy(() => {
    // −log σ(x) = softplus(−x) and −log(1 − σ(x)) = x + softplus(−x)
    const negative = tf.mul(tf.sub(1, targets), logits);
    const factor = positiveWeight === undefined ? 1 : tf.add(1, tf.mul(tf.sub(positiveWeight, 1), targets));
    const losses = tf.add(negative, tf.mul(factor, tf.softplus(tf.neg(logits))));
    return reduce(owner, weight ? tf.mul(losses, weight) : losses, (options.reduction ?? 'mean') as R);
  });
}

function requireBroadcast(
  owner: string,
  name: string,
  tensor: tf.Tensor | undefined,
  logits: tf.Tensor,
): void {
  if (!tensor) return;
  const offset = logits.rank - tensor.rank;
  if (offset >= 0 && tensor.shape.every((size, axis) => size === 1 || size === logits.shape[axis + offset]))
    return;
  throw new ShapeError(
    `${owner}: ${name} must broadcast to logits [${logits.shape}], got [${tensor.shape}].`,
  );
}
