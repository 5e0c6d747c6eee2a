import * as tf from '@tensorflow/tfjs-core';
import { ShapeError, sizeOf } from '@wordloom/compile';

/** Options of {@link Parameter}. */
export interface ParameterOptions {
  /** Whether training updates it; default true. */
  readonly trainable?: boolean;
}

/**
 * A named weight of a model: a shape and a row-major float32 array.
 *
 * The array is the truth. Optimizers update it in place; compiled graphs read it by reference.
 *
 * @example
 * const scale = new Parameter(new Float32Array([1, 2]), [2]);
 * tf.tidy(() => tf.mul(x, scale.value));
 */
export class Parameter {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** False for a frozen parameter: training gives it no gradient and no update. */
  trainable: boolean;

  /**
   * @param data  row-major values, kept by reference
   * @param shape product must equal `data.length`
   * @throws {ShapeError} if the shape does not fit the length
   */
  constructor(data: Float32Array, shape: readonly number[], { trainable = true }: ParameterOptions = {}) {
    const size = sizeOf(shape);
    if (size !== data.length) {
      throw new ShapeError(
        `Parameter: shape must hold as many elements as data, got [${shape}] (${size}) for ${data.length} elements.`,
      );
    }
    this.shape = [...shape];
    this.data = data;
    this.trainable = trainable;
  }

  /**
   * The tensor to compute with: the one {@link bindParameters} bound (a traced or differentiated variable), else a
   * new tensor with a copy of {@link data}, which the caller disposes of, so read it inside `tf.tidy`.
   */
  get value(): tf.Tensor {
    return bound?.get(this) ?? tf.tensor(this.data.slice(), [...this.shape], 'float32');
  }
}

let bound: ReadonlyMap<Parameter, tf.Tensor> | undefined;

/**
 * Runs `fn` with every parameter standing for the tensor of the same name. Parameters without a tensor keep the
 * binding they had outside. The binding ends when `fn` returns, so `fn` must be synchronous.
 *
 * @param parameters by name, as {@link Module.namedParameters} gives them
 * @param tensors    by the same names
 * @returns what `fn` returns
 * @throws {ShapeError} if a tensor does not have its parameter's shape
 */
export function bindParameters<T>(
  parameters: ReadonlyMap<string, Parameter>,
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
