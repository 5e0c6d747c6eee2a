import * as tf from '@tensorflow/tfjs-core';
import { ensureGradients } from './gradients/ensure-gradients.ts';

/** A loss with further results of the same pass: metrics, or states that the next step goes on with. They get no gradient. */
export interface LossWithAuxiliary {
  readonly loss: tf.Scalar;
  readonly [name: string]: tf.Tensor;
}

/** A scalar loss of named parameters and a named batch. */
export type LossFunction = (
  parameters: Record<string, tf.Tensor>,
  batch: Record<string, tf.Tensor>,
) => tf.Scalar | LossWithAuxiliary;

/**
 * The loss and its gradients with respect to the named parameters, by tfjs's tape.
 *
 * @returns the loss, one gradient for each of `trainable`, in that order (zeros where the loss does not depend on the parameter),
 * and the auxiliary results; the caller owns them all
 */
export function lossAndGradients(
  loss: LossFunction,
  parameters: Record<string, tf.Tensor>,
  batch: Record<string, tf.Tensor>,
  trainable: readonly string[],
): { loss: tf.Scalar; gradients: tf.Tensor[]; auxiliary: Record<string, tf.Tensor> } {
  ensureGradients();
  const sources = trainable.map((name) => parameters[name]!);
  let auxiliary: Record<string, tf.Tensor> = {};
  const forward = (): tf.Scalar => {
    const result = loss(parameters, batch);
    if (result instanceof tf.Tensor) return result;
    const { loss: scalar, ...others } = result;
    // Kept over the end of the forward pass, where tfjs disposes what is not the loss.
    auxiliary = Object.fromEntries(
      Object.entries(others).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]),
    );
    return scalar;
  };
  const { value, grads } = tf.engine().gradients(forward, sources, undefined, true);
  return {
    auxiliary,
    loss: value as tf.Scalar,
    gradients: sources.map(
      (source, index) => (grads[index] as tf.Tensor | undefined) ?? tf.zerosLike(source),
    ),
  };
}
