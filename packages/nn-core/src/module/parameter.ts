import { StoredTensor } from './stored-tensor.ts';

/** Options of {@link Parameter}. */
export interface ParameterOptions {
  /** Whether training updates it; default true. */
  readonly trainable?: boolean;
}

/**
 * A named weight of a model: a shape and a row-major float32 array.
 *
 * The array is the truth. Optimizers update it in place; compiled graphs read it by reference. Two modules that hold
 * the same parameter share it (tied weights): it has one gradient, and is listed, counted and saved once.
 *
 * @example
 * const scale = new Parameter(new Float32Array([1, 2]), [2]);
 * tf.tidy(() => tf.mul(x, scale.value));
 */
export class Parameter extends StoredTensor<Float32Array> {
  /** False for a frozen parameter: training gives it no gradient and no update. */
  trainable: boolean;

  /**
   * @param data  row-major values, kept by reference
   * @param shape product must equal `data.length`
   * @throws {ShapeError} if the shape does not fit the length
   */
  constructor(data: Float32Array, shape: readonly number[], { trainable = true }: ParameterOptions = {}) {
    super('Parameter', data, shape);
    this.trainable = trainable;
  }
}
