import * as tf from '@tensorflow/tfjs-core';
import type { ComposedKernels } from '../composed/composed-kernel.ts';
import { countingKernels } from '../composed/counting.ts';
import { samplingKernels } from '../composed/image-sampling.ts';
import { vectorJacobian } from './own-tape.ts';

/** Inputs of composed kernels, and whether their results depend on them smoothly. */
const INPUTS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  Bincount: { x: false, weights: true },
  CropAndResize: { image: true, boxes: true, boxInd: false },
  DenseBincount: { x: false, weights: true },
  RotateWithOffset: { image: true },
  SparseSegmentMean: { data: true, indices: false, segmentIds: false },
  SparseSegmentSum: { data: true, indices: false, segmentIds: false },
  Transform: { image: true, transforms: true },
};

const KERNELS: ComposedKernels = { ...countingKernels, ...samplingKernels };

/** Gradients that tfjs lacks, of kernels that are composed here: those of what they are composed of. */
export const composedGradients: readonly tf.GradConfig[] = Object.entries(INPUTS).map(
  ([kernelName, inputs]): tf.GradConfig => ({
    kernelName,
    inputsToSave: Object.keys(inputs),
    gradFunc: (dy, saved, attributes) => {
      const names = Object.keys(inputs);
      const tensors = Object.fromEntries(names.map((name, index) => [name, saved[index]!]));
      return Object.fromEntries(
        names.map((name) => [
          name,
          () => {
            const input = tensors[name]!;
            if (!inputs[name] || input.dtype !== 'float32') return tf.zeros(input.shape);
            const kernel = (x: tf.Tensor): tf.Tensor =>
              KERNELS[kernelName]!({ ...tensors, [name]: x }, attributes);
            return vectorJacobian(kernel, input, dy as tf.Tensor);
          },
        ]),
      );
    },
  }),
);
