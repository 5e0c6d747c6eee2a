import * as tf from '@tensorflow/tfjs-core';
import { type TensorData, tensorData } from '@wordloom/compile';
import { Module } from '../module/module.ts';
import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link sinusoidalTable}. */
export interface SinusoidalOptions {
  /** The longest wavelength is 2π times it; default 10 000. */
  readonly base?: number;
  /** Position of the first row; default 0. */
  readonly offset?: number;
}

/**
 * Position vectors of sines and cosines: row t has sin(t / base^(2i / size)) at 2i and its cosine at 2i + 1.
 *
 * @param length number of rows
 * @param size   of a row, even
 * @returns float32 `[length, size]`
 * @throws {RangeError} if a size is no positive integer, or `size` is odd
 * @see Vaswani et al. 2017, "Attention is all you need", §3.5
 */
export function sinusoidalTable(
  length: number,
  size: number,
  { base = 10_000, offset = 0 }: SinusoidalOptions = {},
): TensorData {
  requireSizes('sinusoidalTable', { length, size });
  if (size % 2 !== 0) throw new RangeError(`sinusoidalTable: size must be even, got ${size}.`);
  const table = new Float32Array(length * size);
  for (let row = 0; row < length; row++) {
    for (let column = 0; column < size; column += 2) {
      const angle = (row + offset) / base ** (column / size);
      table[row * size + column] = Math.sin(angle);
      table[row * size + column + 1] = Math.cos(angle);
    }
  }
  return tensorData(table, [length, size]);
}

/** Adds {@link sinusoidalTable} to a sequence of vectors. Nothing is learned, and no length is too long. */
export class SinusoidalPositions extends Module {
  readonly size: number;
  readonly base: number;

  /** @throws {RangeError} if the size is no positive even integer */
  constructor(size: number, { base = 10_000 }: Pick<SinusoidalOptions, 'base'> = {}) {
    super();
    sinusoidalTable(1, size);
    this.size = size;
    this.base = base;
  }

  /**
   * @param x `[..., time, size]`
   * @param offset position of the first vector; default 0
   * @returns the shape of `x`, owned by the caller
   */
  forward(x: tf.Tensor, offset = 0): tf.Tensor {
    return tf.tidy(() => {
      const { data, shape } = sinusoidalTable(x.shape.at(-2) ?? 1, this.size, { base: this.base, offset });
      return tf.add(x, tf.tensor(data as Float32Array, [...shape]));
    });
  }
}
