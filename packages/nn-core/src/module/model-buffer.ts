import * as tf from '@tensorflow/tfjs-core';
import { ShapeError, type TensorArray } from '@wordloom/compile';
import { StoredTensor } from './stored-tensor.ts';

/** Options of {@link ModelBuffer}. */
export interface ModelBufferOptions {
  /** Whether it is saved and loaded with the model; default true. False for what the model can compute again. */
  readonly persistent?: boolean;
}

/**
 * State of a model that training does not learn: a table, a count, a running mean. PyTorch's buffer.
 *
 * It is an input of compiled graphs and read by reference, so that a change of {@link data} between two runs is seen by
 * the next. A pass changes it by {@link assign}.
 *
 * @example
 * class Whitening extends Module {
 *   readonly mean = new ModelBuffer(new Float32Array(300), [300]);
 *   forward(x: Tensor): Tensor {
 *     return tf.sub(x, this.mean.value);
 *   }
 * }
 */
export class ModelBuffer extends StoredTensor {
  readonly persistent: boolean;

  /**
   * @param data  row-major float32, int32 or bool (Uint8Array) values, kept by reference
   * @param shape product must equal `data.length`
   * @throws {ShapeError} if the shape does not fit the length
   */
  constructor(data: TensorArray, shape: readonly number[], { persistent = true }: ModelBufferOptions = {}) {
    super('ModelBuffer', data, shape);
    this.persistent = persistent;
  }

  /** As {@link StoredTensor.value}; after {@link assign}, in the same pass, what was assigned. */
  override get value(): tf.Tensor {
    return assignments?.get(this) ?? super.value;
  }

  /**
   * Gives the buffer new values. In a step of {@link train}, compiled or not, they stand in {@link data} when the step has
   * run; outside, at once. No gradient flows into them.
   *
   * @param value of the buffer's type and shape; not consumed
   * @throws {ShapeError} if type or shape differ
   * @throws {Error} in a compiled pass that is not a step of {@link train}, which could not keep them
   */
  assign(value: tf.Tensor): void {
    if (value.dtype !== this.dtype || `${value.shape}` !== `${this.shape}`) {
      throw new ShapeError(
        `ModelBuffer.assign: value must be ${this.dtype} [${this.shape}], got ${value.dtype} [${value.shape}].`,
      );
    }
    if (!assignments) {
      this.data.set(value.dataSync() as TensorArray);
      return;
    }
    assignments.get(this)?.dispose();
    assignments.set(this, tf.keep(tf.clone(value))); // outlives the tidy of the layer
  }
}

let assignments: Map<ModelBuffer, tf.Tensor> | undefined;

/**
 * Runs a pass and holds back what it assigns to buffers.
 *
 * @returns what `fn` returns, and the new values, which belong to the scope of the caller
 */
export function withAssignments<T>(fn: () => T): {
  readonly result: T;
  readonly assigned: ReadonlyMap<ModelBuffer, tf.Tensor>;
} {
  const outer = assignments;
  const inner = new Map<ModelBuffer, tf.Tensor>();
  assignments = inner;
  try {
    const result = fn();
    return { result, assigned: new Map(Array.from(inner, ([buffer, tensor]) => [buffer, tf.clone(tensor)])) };
  } finally {
    assignments = outer;
    for (const tensor of inner.values()) tensor.dispose();
  }
}
