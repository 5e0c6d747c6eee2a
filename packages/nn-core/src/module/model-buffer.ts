import type { TensorArray } from '@wordloom/compile';
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
 * the next. A pass cannot write it.
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
}
