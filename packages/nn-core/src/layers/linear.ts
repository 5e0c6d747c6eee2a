import type { Tensor } from '@tensorflow/tfjs-core';
import { linear } from '@wordloom/compile';
import {
  constantInitializer,
  type InitializationOptions,
  initialized,
  uniformInitializer,
} from '../module/initializers.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link Linear}. */
export interface LinearOptions extends InitializationOptions {
  /** Whether a bias is added; default true. */
  readonly bias?: boolean;
}

/**
 * Affine map of the last axis: x Wᵀ + b.
 *
 * The weight starts uniform in ±1/√inputSize, as in PyTorch; the bias starts at zero, unlike there.
 *
 * @example
 * const layer = new Linear(3, 2, { random: new RandomStream(0) });
 * layer.forward(tf.ones([5, 3])).shape; // [5, 2]
 */
export class Linear extends Module {
  /** `[outputSize, inputSize]` */
  readonly weight: Parameter;
  /** `[outputSize]` */
  readonly bias: Parameter | undefined;

  /** @throws {RangeError} unless both sizes are positive integers */
  constructor(
    inputSize: number,
    outputSize: number,
    { bias = true, initializer, random }: LinearOptions = {},
  ) {
    super();
    requireSizes('Linear', { inputSize, outputSize });
    const start = initializer ?? uniformInitializer(1 / Math.sqrt(inputSize));
    this.weight = initialized([outputSize, inputSize], start, random);
    this.bias = bias ? initialized([outputSize], constantInitializer(0)) : undefined;
  }

  /** @param x `[..., inputSize]` @returns `[..., outputSize]` @throws {ShapeError} if the last axis has another size */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight.value, this.bias?.value);
  }
}
