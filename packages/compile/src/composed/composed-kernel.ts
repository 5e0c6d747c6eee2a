import * as tf from '@tensorflow/tfjs-core';

/** A kernel written in tfjs's ops: for the tracing backend, and for eager ones that lack it. */
// biome-ignore lint/suspicious/noExplicitAny: each kernel names the attributes that tfjs gives it
export type ComposedKernel = (inputs: Readonly<Record<string, tf.Tensor>>, attributes: any) => tf.Tensor;

/** Composed kernels by tfjs kernel name. */
export type ComposedKernels = Readonly<Record<string, ComposedKernel>>;

/** A composed kernel as tfjs calls it. */
export function composedFunction(kernel: ComposedKernel): tf.KernelFunc {
  return ({ inputs, attrs }) =>
    tf.tidy(() => {
      const tensors = Object.entries(inputs)
        .filter(([, input]) => input !== undefined && input !== null)
        .map(([name, input]) => [name, asTensor(input as tf.TensorInfo)] as const);
      return kernel(Object.fromEntries(tensors), attrs ?? {});
    });
}

/** Kernels of eager backends that call others hand over what is no tensor yet. */
function asTensor(info: tf.TensorInfo): tf.Tensor {
  return info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
}
