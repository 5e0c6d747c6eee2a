import type * as tf from '@tensorflow/tfjs-core';

/** Tensors by name. */
export type TensorRecord<Name extends string = string> = Readonly<Record<Name, tf.Tensor>>;
