import * as tf from '@tensorflow/tfjs-core';
import { requireLabelSmoothing } from './cross-entropy.ts';
import {
  type Reduced,
  type Reduction,
  type ReductionOptions,
  reduce,
  requireClassWeights,
  requireSameShape,
} from './reduction.ts';

/** Options of {@link softTargetCrossEntropy}. */
export interface SoftTargetCrossEntropyOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** Share of each target distribution that is spread evenly over all classes, in [0, 1]; default 0. */
  readonly labelSmoothing?: number;
  /** `[classes]`: how much each class counts; a mean stays one over rows. Default all 1. */
  readonly classWeights?: tf.Tensor;
}

/**
 * Cross-entropy of target distributions and softmax(logits), in nats: for distillation and mixed labels. PyTorch's
 * `cross_entropy` with probabilities as targets.
 *
 * @param logits        `[..., classes]`
 * @param probabilities `[..., classes]`, rows that sum to 1
 * @returns a scalar: the mean or sum over rows; with `none` `[...]`
 * @throws {ShapeError} if the shapes differ @throws {RangeError} if an option is out of range
 * @see Hinton et al. 2015, "Distilling the knowledge in a neural network", §2
 */
export function softTargetCrossEntropy<R extends Reduction = 'mean'>(
  logits: tf.Tensor,
  probabilities: tf.Tensor,
  options: SoftTargetCrossEntropyOptions<R> = {},
): Reduced<R> {
  const { labelSmoothing = 0, classWeights } = options;
  const classes = logits.shape.at(-1) ?? 1;
  requireSameShape('softTargetCrossEntropy', { logits, probabilities });
  requireClassWeights('softTargetCrossEntropy', classWeights, classes);
  requireLabelSmoothing('softTargetCrossEntropy', labelSmoothing);
  return tf.tidy(() => {
    let expected =
      labelSmoothing > 0
        ? tf.add(tf.mul(1 - labelSmoothing, probabilities), labelSmoothing / classes)
        : probabilities;
    if (classWeights) expected = tf.mul(expected, classWeights);
    const losses = tf.neg(tf.sum(tf.mul(expected, tf.logSoftmax(logits)), -1)); // [...]
    return reduce('softTargetCrossEntropy', losses, (options.reduction ?? 'mean') as R);
  });
}
