import * as tf from '@tensorflow/tfjs-core';
import { allocate, type DType, type TensorArray, type TensorData } from './tensor-data.ts';

/** Copies host tensors into the active tfjs backend; the caller owns the tensors. */
export function toTensors(tensors: Readonly<Record<string, TensorData>>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape, dtype }]) => [
      name,
      tf.tensor(data.slice(), [...shape], dtype),
    ]),
  );
}

/** Copies a tfjs tensor to the host. */
export async function toTensorData(tensor: tf.Tensor): Promise<TensorData> {
  const values = (await tensor.data()) as TensorArray;
  const result = allocate({ dtype: tensor.dtype as DType, shape: tensor.shape });
  result.data.set(values); // backends keep some tensors in arrays of another type than the tensor's
  return result;
}
