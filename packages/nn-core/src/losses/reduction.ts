import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';

/** What becomes of the losses of all elements: their mean, their sum, or themselves. */
export type Reduction = 'mean' | 'sum' | 'none';

/** A scalar, or with `none` a tensor of losses. */
export type Reduced<R extends Reduction> = R extends 'none' ? tf.Tensor : tf.Scalar;

/** Options that losses share. */
export interface ReductionOptions<R extends Reduction = Reduction> {
  /** Default `mean`. */
  readonly reduction?: R;
}

/**
 * Reduces losses.
 *
 * @param owner what error messages start with
 * @throws {RangeError} if there is no such reduction
 */
export function reduce<R extends Reduction>(owner: string, losses: tf.Tensor, reduction: R): Reduced<R> {
  requireReduction(owner, reduction);
  const reduced = reduction === 'none' ? losses : reduction === 'sum' ? tf.sum(losses) : tf.mean(losses);
  return reduced as Reduced<R>;
}

/** @throws {RangeError} if there is no such reduction */
export function requireReduction(owner: string, reduction: string): void {
  if (!['mean', 'sum', 'none'].includes(reduction)) {
    throw new RangeError(`${owner}: reduction must be 'mean', 'sum' or 'none', got '${reduction}'.`);
  }
}

/** @throws {ShapeError} naming the first tensor whose shape is not that of the first one */
export function requireSameShape(owner: string, tensors: Readonly<Record<string, tf.Tensor>>): void {
  const [[first, { shape }], ...others] = Object.entries(tensors) as [
    [string, tf.Tensor],
    ...[string, tf.Tensor][],
  ];
  for (const [name, other] of others) {
    if (`${other.shape}` !== `${shape}`) {
      throw new ShapeError(
        `${owner}: ${name} must have the shape of ${first}, [${shape}], got [${other.shape}].`,
      );
    }
  }
}

/** @throws {ShapeError | TypeError} unless labels are int32 with the leading shape of scores `[..., classes]` */
export function requireLabels(owner: string, scoresName: string, scores: tf.Tensor, labels: tf.Tensor): void {
  const expected = scores.shape.slice(0, -1);
  if (scores.rank === 0 || `${expected}` !== `${labels.shape}`) {
    throw new ShapeError(
      `${owner}: targets must be [${expected}] for ${scoresName} [${scores.shape}], got [${labels.shape}].`,
    );
  }
  if (labels.dtype !== 'int32') throw new TypeError(`${owner}: targets must be int32, got ${labels.dtype}.`);
}

/** @throws {ShapeError} unless there is one weight a class */
export function requireClassWeights(owner: string, weights: tf.Tensor | undefined, classes: number): void {
  if (weights && `${weights.shape}` !== `${classes}`) {
    throw new ShapeError(`${owner}: classWeights must be [${classes}], got [${weights.shape}].`);
  }
}
