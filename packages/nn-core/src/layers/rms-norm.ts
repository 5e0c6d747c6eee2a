import type { Tensor } from '@tensorflow/tfjs-core';
import { rmsNorm } from '@wordloom/compile';
import { constantInitializer, initialized } from '../module/initializers.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions {
  /** Added to the mean square; default 1e-6. */
  readonly epsilon?: number;
}

/**
 * Root mean square normalization over the last axis, then a learned scale.
 *
 * @see Zhang & Sennrich 2019, "Root mean square layer normalization", §3
 */
export class RMSNorm extends Module {
  readonly epsilon: number;
  /** `[size]`, starts at one */
  readonly weight: Parameter;

  /** @throws {RangeError} unless the size is a positive integer */
  constructor(size: number, { epsilon = 1e-6 }: RMSNormOptions = {}) {
    super();
    requireSizes('RMSNorm', { size });
    this.epsilon = epsilon;
    this.weight = initialized([size], constantInitializer(1));
  }

  /** @param x `[..., size]` @returns `[..., size]` @throws {ShapeError} if the last axis has another size */
  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight.value, this.epsilon);
  }
}
