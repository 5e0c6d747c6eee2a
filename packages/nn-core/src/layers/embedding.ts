import type { Tensor } from '@tensorflow/tfjs-core';
import { embeddingLookup } from '@wordloom/compile';
import { type InitializationOptions, initialized, normalInitializer } from '../module/initializers.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/**
 * A table of vectors, looked up by index. It starts standard normal, as in PyTorch.
 *
 * @example
 * const tokens = new Embedding(65, 128, { random: new RandomStream(0) });
 * tokens.forward(tf.tensor([[1, 2, 3]], [1, 3], 'int32')).shape; // [1, 3, 128]
 */
export class Embedding extends Module {
  /** `[rows, size]` */
  readonly weight: Parameter;

  /** @throws {RangeError} unless both sizes are positive integers */
  constructor(rows: number, size: number, { initializer, random }: InitializationOptions = {}) {
    super();
    requireSizes('Embedding', { rows, size });
    this.weight = initialized([rows, size], initializer ?? normalInitializer(1), random);
  }

  /** @param ids int32, any shape, values in [0, rows) @returns `[...ids.shape, size]` */
  forward(ids: Tensor): Tensor {
    return embeddingLookup(this.weight.value, ids);
  }
}
