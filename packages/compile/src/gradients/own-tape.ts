import * as tf from '@tensorflow/tfjs-core';

/** Runs `fn` as if no gradient were being taken around it: what it records stays out of the outer tape. */
export function withOwnTape<T>(fn: () => T): T {
  const { state } = tf.engine();
  const { activeTape, gradientDepth, kernelDepth } = state;
  Object.assign(state, { activeTape: null, gradientDepth: 0, kernelDepth: 0 });
  try {
    return fn();
  } finally {
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
}

/**
 * dy times the Jacobian of a function at `x`, for use inside the gradient of a kernel. Where gradients of gradients are
 * taken, the outer tape records it.
 */
export function vectorJacobian(fn: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  const product = (): tf.Tensor => {
    const { grads } = tf.engine().gradients(() => fn(x), [x], dy, true);
    return grads[0] ?? tf.zerosLike(x);
  };
  return tf.engine().isTapeOn() ? product() : withOwnTape(product);
}
