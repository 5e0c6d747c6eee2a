import * as tf from '@tensorflow/tfjs-core';

/** `tf.tidy` for results whose fields and arrays are readonly, which its types do not know. */
export function tidied<T extends object>(fn: () => T): T {
  return tf.tidy(fn as unknown as () => tf.TensorContainerObject) as unknown as T;
}
