import type { Tensor } from '@tensorflow/tfjs-core';
import { layerNorm } from '@wordloom/compile';
import { constantInitializer, initialized } from '../module/initializers.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Whether a bias is added; default true. */
  readonly bias?: boolean;
}

/**
 * Layer normalization over the last axis, then a learned scale and shift.
 *
 * @see Ba et al. 2016, "Layer normalization", §3
 */
export class LayerNorm extends Module {
  readonly epsilon: number;
  /** `[size]`, starts at one */
  readonly weight: Parameter;
  /** `[size]`, starts at zero */
  readonly bias: Parameter | undefined;

  /** @throws {RangeError} unless the size is a positive integer */
  constructor(size: number, { epsilon = 1e-5, bias = true }: LayerNormOptions = {}) {
    super();
    requireSizes('LayerNorm', { size });
    this.epsilon = epsilon;
    this.weight = initialized([size], constantInitializer(1));
    this.bias = bias ? initialized([size], constantInitializer(0)) : undefined;
  }

  /** @param x `[..., size]` @returns `[..., size]` @throws {ShapeError} if the last axis has another size */
  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight.value, this.bias?.value, this.epsilon);
  }
}
