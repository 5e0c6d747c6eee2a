import * as tf from '@tensorflow/tfjs-core';
import type { ComposedKernels } from './composed-kernel.ts';

/** Shapes as tensors. */
export const broadcastingKernels: ComposedKernels = {
  /** The shape that two shapes broadcast to, aligned at their last axes; ones give way. */
  BroadcastArgs: ({ s0, s1 }) => {
    const rank = Math.max(s0!.size, s1!.size);
    const aligned = (shape: tf.Tensor): tf.Tensor =>
      tf.pad(tf.cast(shape, 'int32') as tf.Tensor1D, [[rank - shape.size, 0]], 1);
    const [a, b] = [aligned(s0!), aligned(s1!)];
    return tf.where(tf.equal(a, tf.scalar(1, 'int32')), b, a);
  },
};
