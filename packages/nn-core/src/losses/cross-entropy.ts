import * as tf from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '@wordloom/compile';
import { oneHot } from './one-hot.ts';
import {
  type Reduced,
  type Reduction,
  type ReductionOptions,
  requireClassWeights,
  requireLabels,
  requireReduction,
} from './reduction.ts';

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** Targets with this value do not count; default −100, as in PyTorch. */
  readonly ignoreIndex?: number;
  /** Share of the target's probability that is spread evenly over all classes, in [0, 1]; default 0. */
  readonly labelSmoothing?: number;
  /** `[classes]`: how much each class counts; a mean is then weighted by the targets' weights. Default all 1. */
  readonly classWeights?: tf.Tensor;
  /** Factor of log² of the softmax's partition sum, which keeps logits from drifting; PaLM has 1e-4. Default 0. */
  readonly zLoss?: number;
}

const IGNORE_INDEX = -100;

/** For classes ruled out by a logit of −∞, which times 0 would be NaN. */
const LOWEST = -1e30;

/**
 * Negative log-likelihood of the targets under softmax(logits), in nats.
 *
 * A plain mean is the fused op of the compiler; label smoothing and z-loss cost it one more pass over the logits.
 *
 * @param logits  `[..., classes]`: the classes are the last axis, unlike in PyTorch
 * @param targets int32 `[...]`, values in [0, classes) or `ignoreIndex`
 * @returns a scalar: the mean over the targets that count (NaN if none does, as in PyTorch) or the sum; with `none` `[...]`, 0
 * where a target does not count
 * @throws {ShapeError} if targets do not have the leading shape of logits @throws {TypeError} if they are not int32
 * @throws {RangeError} if an option is out of range
 * @see Szegedy et al. 2016, "Rethinking the Inception architecture", §7 (label smoothing); Chowdhery et al. 2022, "PaLM",
 * §5 (z-loss)
 */
export function crossEntropy<R extends Reduction = 'mean'>(
  logits: tf.Tensor,
  targets: tf.Tensor,
  options: CrossEntropyOptions<R> = {},
): Reduced<R> {
  const { labelSmoothing = 0, classWeights, zLoss = 0 } = options;
  const reduction = options.reduction ?? 'mean';
  requireLabels('crossEntropy', 'logits', logits, targets);
  const classes = logits.shape.at(-1)!;
  requireReduction('crossEntropy', reduction);
  requireClassWeights('crossEntropy', classWeights, classes);
  requireLabelSmoothing('crossEntropy', labelSmoothing);
  if (!(zLoss >= 0)) throw new RangeError(`crossEntropy: zLoss must not be negative, got ${zLoss}.`);
  const plain = reduction === 'mean' && !classWeights && classes > 1;
  return tf.tidy(() => (plain ? plainMean : general)(logits, targets, options)) as Reduced<R>;
}

/** @throws {RangeError} unless it is in [0, 1] */
export function requireLabelSmoothing(owner: string, labelSmoothing: number): void {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`${owner}: labelSmoothing must be in [0, 1], got ${labelSmoothing}.`);
  }
}

type Loss = (logits: tf.Tensor, targets: tf.Tensor, options: CrossEntropyOptions) => tf.Tensor;

/** With ε the smoothing: (1 − ε) · loss + ε · mean over classes of −log p + z · log²Z; −log p = log Z − logit. */
const plainMean: Loss = (
  logits,
  targets,
  { ignoreIndex = IGNORE_INDEX, labelSmoothing: smoothing = 0, zLoss = 0 },
) => {
  const loss = softmaxCrossEntropy(logits, targets, { ignoreIndex });
  if (smoothing === 0 && zLoss === 0) return loss;
  const logPartition = tf.logSumExp(logits, -1); // [...]
  let extra: tf.Tensor = tf.mul(zLoss, tf.square(logPartition));
  if (smoothing > 0) {
    extra = tf.add(extra, tf.mul(smoothing, tf.sub(logPartition, tf.mean(logits, -1))));
  }
  const counted = tf.cast(tf.notEqual(targets, ignoreIndex), 'float32');
  const meanExtra = tf.div(tf.sum(tf.mul(extra, counted)), tf.sum(counted));
  return tf.add(tf.mul(1 - smoothing, loss), meanExtra);
};

const general: Loss = (
  logits,
  targets,
  { ignoreIndex = IGNORE_INDEX, labelSmoothing: smoothing = 0, zLoss = 0, classWeights, reduction = 'mean' },
) => {
  const classes = logits.shape.at(-1)!;
  const counted = tf.cast(tf.notEqual(targets, ignoreIndex), 'float32'); // [...]
  const own = tf.mul(oneHot(targets, classes), tf.expandDims(counted, -1)); // [..., classes]
  let expected = own;
  if (smoothing > 0) {
    const uniform = tf.expandDims(tf.mul(smoothing / classes, counted), -1);
    expected = tf.add(tf.mul(1 - smoothing, own), uniform);
  }
  if (classWeights) expected = tf.mul(expected, classWeights);
  const logProbabilities = tf.maximum(tf.logSoftmax(logits), LOWEST);
  let losses: tf.Tensor = tf.neg(tf.sum(tf.mul(expected, logProbabilities), -1)); // [...]
  if (zLoss > 0) {
    const logPartition = tf.logSumExp(logits, -1);
    losses = tf.add(losses, tf.mul(tf.mul(zLoss, tf.square(logPartition)), counted));
  }
  if (reduction === 'none') return losses;
  if (reduction === 'sum') return tf.sum(losses);
  return tf.div(tf.sum(losses), tf.sum(classWeights ? tf.mul(own, classWeights) : own));
};
