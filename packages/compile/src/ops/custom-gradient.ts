import * as tf from '@tensorflow/tfjs-core';

/** A forward pass that says what its gradient needs and how to compute it. */
export interface Differentiable {
  readonly value: tf.Tensor;
  /** What the backward pass needs: inputs, outputs or intermediate values. */
  readonly saved: readonly tf.Tensor[];
  /** From the gradient of the value: one gradient for each input. */
  readonly gradients: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => tf.Tensor[];
}

/**
 * Applies an operation with a gradient written by hand. `tf.customGrad` with its types.
 */
export function customGradient(
  inputs: readonly tf.Tensor[],
  forward: (...inputs: tf.Tensor[]) => Differentiable,
): tf.Tensor {
  const operation = tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: tf.Tensor[]) => void;
    const { value, saved, gradients } = forward(...(args as tf.Tensor[]));
    save([...saved]);
    return { value, gradFunc: gradients as (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[] };
  });
  return operation(...inputs);
}
