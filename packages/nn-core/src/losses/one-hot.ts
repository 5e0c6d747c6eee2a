import * as tf from '@tensorflow/tfjs-core';

/**
 * 1 at each label, 0 elsewhere, and 0 throughout for labels that are no class: int32 `[...]` → float32
 * `[..., classes]`. tfjs's own `oneHot` refuses a single class, and backends differ on labels that are no class.
 */
export function oneHot(labels: tf.Tensor, classes: number): tf.Tensor {
  return tf.cast(tf.equal(tf.expandDims(labels, -1), tf.range(0, classes, 1, 'int32')), 'float32');
}
