import * as tf from '@tensorflow/tfjs-core';
import { ensureGradients } from './gradients/ensure-gradients.ts';

/** A scalar loss of named parameters and a named batch. */
export type LossFunction = (
  parameters: Record<string, tf.Tensor>,
  batch: Record<string, tf.Tensor>,
) => tf.Scalar;

/**
 * The loss and its gradients with respect to the named parameters, by tfjs's tape.
 *
 * @returns the loss and one gradient for each of `trainable`, in that order; zeros where the loss does not depend on
 * the parameter
 */
export function lossAndGradients(
  loss: LossFunction,
  parameters: Record<string, tf.Tensor>,
  batch: Record<string, tf.Tensor>,
  trainable: readonly string[],
): { loss: tf.Scalar; gradients: tf.Tensor[] } {
  ensureGradients();
  const sources = trainable.map((name) => parameters[name]!);
  const { value, grads } = tf.engine().gradients(() => loss(parameters, batch), sources, undefined, true);
  return {
    loss: value as tf.Scalar,
    gradients: sources.map(
      (source, index) => (grads[index] as tf.Tensor | undefined) ?? tf.zerosLike(source),
    ),
  };
}
