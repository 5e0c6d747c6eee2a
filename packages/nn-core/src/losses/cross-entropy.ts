import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { type CrossEntropyOptions, softmaxCrossEntropy } from '@wordloom/compile';

/**
 * Mean negative log-likelihood of the targets under softmax(logits), in nats.
 *
 * @param logits  `[..., classes]`
 * @param targets int32 `[...]`, values in [0, classes) or `ignoreIndex`
 * @returns a scalar, the mean over the targets that count
 * @throws {ShapeError} if targets do not have the leading shape of logits
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Scalar {
  return softmaxCrossEntropy(logits, targets, options);
}
