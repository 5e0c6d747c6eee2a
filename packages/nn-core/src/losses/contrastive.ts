import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';
import { crossEntropy } from './cross-entropy.ts';
import { normalizeRows } from './distance.ts';
import { type Reduced, type Reduction, type ReductionOptions, requireSameShape } from './reduction.ts';

/** Options of {@link infoNce}. */
export interface InfoNceOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** What similarities are divided by: a number, or a scalar tensor that is learned. Default 0.07. */
  readonly temperature?: number | tf.Tensor;
  /** Whether rows are scaled to length 1, so that similarities are cosines; default true. */
  readonly normalize?: boolean;
  /** Whether each positive must find its anchor as well, the two losses averaged: CLIP's loss. Default false. */
  readonly symmetric?: boolean;
  /** `[count, size]`: more negatives for every anchor, beside the other positives of the batch. Not with `symmetric`. */
  readonly negatives?: tf.Tensor;
}

/**
 * Contrastive loss: each anchor must find its own positive among those of the whole batch, by softmax over
 * similarities. In nats.
 *
 * @param anchors   `[batch, size]`
 * @param positives `[batch, size]`: row i belongs to anchor i
 * @returns a scalar: the mean or sum over anchors; with `none` `[batch]`
 * @throws {ShapeError} if the shapes do not fit @throws {RangeError} if an option is out of range
 * @see van den Oord et al. 2018, "Representation learning with contrastive predictive coding", eq. 4; Radford et al. 2021, "Learning
 * transferable visual models from natural language supervision", figure 3 (symmetric)
 */
export function infoNce<R extends Reduction = 'mean'>(
  anchors: tf.Tensor,
  positives: tf.Tensor,
  options: InfoNceOptions<R> = {},
): Reduced<R> {
  const { temperature = 0.07, normalize = true, symmetric = false, negatives } = options;
  const reduction = (options.reduction ?? 'mean') as R;
  requireMatrices(anchors, positives, negatives);
  if (symmetric && negatives) {
    throw new RangeError('infoNce: negatives must be left out where the loss is symmetric, got both.');
  }
  if (typeof temperature === 'number' && !(temperature > 0)) {
    throw new RangeError(`infoNce: temperature must be positive, got ${temperature}.`);
  }
  return tf.tidy(() => {
    const scaled = (rows: tf.Tensor): tf.Tensor => (normalize ? normalizeRows(rows) : rows);
    const candidates = negatives ? tf.concat([positives, negatives]) : positives; // [B + count, D]
    const similarities = tf.matMul(scaled(anchors), scaled(candidates), false, true); // [B, B + count]
    const logits = tf.div(similarities, temperature);
    const own = tf.range(0, anchors.shape[0]!, 1, 'int32');
    const forward = crossEntropy(logits, own, { reduction });
    if (!symmetric) return forward;
    const backward = crossEntropy(tf.transpose(logits), own, { reduction });
    return tf.mul(0.5, tf.add(forward, backward)) as Reduced<R>;
  });
}

function requireMatrices(anchors: tf.Tensor, positives: tf.Tensor, negatives: tf.Tensor | undefined): void {
  if (anchors.rank !== 2) {
    throw new ShapeError(`infoNce: anchors must be [batch, size], got [${anchors.shape}].`);
  }
  requireSameShape('infoNce', { anchors, positives });
  if (negatives && (negatives.rank !== 2 || negatives.shape[1] !== anchors.shape[1])) {
    throw new ShapeError(
      `infoNce: negatives must be [count, ${anchors.shape[1]}], got [${negatives.shape}].`,
    );
  }
}
