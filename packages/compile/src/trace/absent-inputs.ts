import * as tf from '@tensorflow/tfjs-core';

/** What stands for an optional input that is not given. */
const DEFAULTS: Readonly<
  Record<string, Readonly<Record<string, (inputs: tf.NamedTensorInfoMap) => tf.Tensor>>>
> = {
  FusedBatchNorm: {
    offset: ({ mean }) => tf.zeros([...mean!.shape]),
    scale: ({ mean }) => tf.ones([...mean!.shape]),
  },
};

/**
 * Fills in, or removes, the inputs of a kernel's call that are not given: tfjs's tape reads and saves all that have a name, and fails where
 * there is no tensor. Batch normalization without a scale has a gradient then.
 */
export function completeInputs(kernelName: string, inputs: tf.NamedTensorInfoMap): void {
  for (const [name, tensor] of Object.entries(inputs)) {
    if (tensor) continue;
    const fill = DEFAULTS[kernelName]?.[name];
    if (fill) inputs[name] = fill(inputs);
    else delete inputs[name];
  }
}
