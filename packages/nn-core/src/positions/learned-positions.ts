import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';
import { type InitializationOptions, initialized, normalInitializer } from '../module/initializers.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/**
 * Adds a learned vector for each position. The table starts normal with deviation 0.02, as GPT-2's.
 *
 * @see Gehring et al. 2017, "Convolutional sequence to sequence learning", §3.1
 */
export class LearnedPositions extends Module {
  /** `[contextLength, size]` */
  readonly weight: Parameter;

  /** @throws {RangeError} unless both sizes are positive integers */
  constructor(contextLength: number, size: number, { initializer, random }: InitializationOptions = {}) {
    super();
    requireSizes('LearnedPositions', { contextLength, size });
    this.weight = initialized([contextLength, size], initializer ?? normalInitializer(0.02), random);
  }

  /**
   * @param x `[..., time, size]`
   * @param offset position of the first vector; default 0
   * @returns the shape of `x`, owned by the caller
   * @throws {ShapeError} if `x` has another size, or reaches past contextLength
   */
  forward(x: tf.Tensor, offset = 0): tf.Tensor {
    const [contextLength, size] = this.weight.shape as [number, number];
    const time = x.shape.at(-2);
    if (time === undefined || x.shape.at(-1) !== size || offset < 0 || offset + time > contextLength) {
      throw new ShapeError(
        `LearnedPositions: x must be [..., time, ${size}] with offset + time ≤ ${contextLength}, got [${x.shape}] at offset ${offset}.`,
      );
    }
    return tf.tidy(() => tf.add(x, tf.slice(this.weight.value, [offset, 0], [time, size])));
  }
}
