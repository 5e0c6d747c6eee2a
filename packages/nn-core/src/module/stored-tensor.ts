import * as tf from '@tensorflow/tfjs-core';
import {
  type DType,
  ShapeError,
  sizeOf,
  type TensorArray,
  type TensorData,
  tensorData,
} from '@wordloom/compile';

/**
 * A tensor that a model owns: a shape and a row-major array. The array is the truth; passes read it through
 * {@link value}. {@link Parameter} and {@link ModelBuffer} are the two kinds.
 */
export abstract class StoredTensor<A extends TensorArray = TensorArray> implements TensorData {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: A;

  /**
   * @param owner what error messages start with
   * @throws {ShapeError} if the shape does not fit the length
   */
  protected constructor(owner: string, data: A, shape: readonly number[]) {
    const size = sizeOf(shape);
    if (size !== data.length) {
      throw new ShapeError(
        `${owner}: shape must hold as many elements as data, got [${shape}] (${size}) for ${data.length} elements.`,
      );
    }
    this.shape = [...shape];
    this.data = data;
    this.dtype = tensorData(data, shape).dtype;
  }

  /**
   * The tensor to compute with: the one {@link bindParameters} bound (a traced or differentiated variable), else a
   * new tensor with a copy of {@link data}, which the caller disposes of, so read it inside `tf.tidy`.
   */
  get value(): tf.Tensor {
    return bound?.get(this) ?? tf.tensor(this.data.slice(), [...this.shape], this.dtype);
  }
}

let bound: ReadonlyMap<StoredTensor, tf.Tensor> | undefined;

/**
 * Runs `fn` with every parameter and buffer standing for the tensor of the same name. Those without a tensor keep the
 * binding they had outside. The binding ends when `fn` returns, so `fn` must be synchronous.
 *
 * @param parameters by name, as {@link Module.namedParameters} or {@link Module.namedTensors} gives them
 * @param tensors    by the same names
 * @returns what `fn` returns
 * @throws {ShapeError} if a tensor does not have its parameter's shape
 */
export function bindParameters<T>(
  parameters: ReadonlyMap<string, StoredTensor>,
  tensors: Readonly<Record<string, tf.Tensor>>,
  fn: () => T,
): T {
  const outer = bound;
  const inner = new Map(outer);
  for (const [name, parameter] of parameters) {
    const tensor = tensors[name];
    if (!tensor) continue;
    if (`${tensor.shape}` !== `${parameter.shape}`) {
      throw new ShapeError(
        `bindParameters: tensors['${name}'] must have shape [${parameter.shape}], got [${tensor.shape}].`,
      );
    }
    inner.set(parameter, tensor);
  }
  bound = inner;
  try {
    return fn();
  } finally {
    bound = outer;
  }
}
