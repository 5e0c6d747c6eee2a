import * as tf from '@tensorflow/tfjs-core';
import { embeddingLookup } from '@wordloom/compile';
import { type InitializationOptions, initialized, normalInitializer } from '../module/initializers.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link relativePositionBucket}; the defaults are T5's. */
export interface RelativeBucketOptions {
  /** Default 32. */
  readonly bucketCount?: number;
  /** From here on all distances share a bucket; default 128. */
  readonly maxDistance?: number;
  /** Whether keys after the query have half of the buckets; else they share that of distance 0. Default true. */
  readonly bidirectional?: boolean;
}

/**
 * T5's bucket of a distance: short ones have their own, longer ones share one, in steps of equal ratio.
 *
 * @param distance of the key from the query: position of the key − position of the query
 * @see Raffel et al. 2020, "Exploring the limits of transfer learning with a unified text-to-text Transformer", §2.1
 */
export function relativePositionBucket(
  distance: number,
  { bucketCount = 32, maxDistance = 128, bidirectional = true }: RelativeBucketOptions = {},
): number {
  const count = bidirectional ? Math.floor(bucketCount / 2) : bucketCount;
  const side = bidirectional && distance > 0 ? count : 0;
  const length = bidirectional ? Math.abs(distance) : Math.max(0, -distance);
  const exact = Math.floor(count / 2);
  if (length < exact) return side + length;
  // Rounded to float32 at each step as T5's own code: a distance on an edge must fall into the same bucket.
  const { fround, log } = Math;
  const ratio = fround(fround(log(fround(length / exact))) / fround(log(maxDistance / exact)));
  const place = exact + Math.trunc(fround(ratio * (count - exact)));
  return side + Math.min(place, count - 1);
}

/** Options of {@link RelativePositionBias}. */
export interface RelativePositionBiasOptions extends RelativeBucketOptions, InitializationOptions {}

/**
 * T5's learned attention bias: one number for each head and bucket of distance. The table is the `weight` of the
 * checkpoints' `relative_attention_bias`; it starts normal with deviation 0.02.
 *
 * @see Raffel et al. 2020, §2.1; Shaw et al. 2018, "Self-attention with relative position representations"
 */
export class RelativePositionBias extends Module {
  readonly buckets: Required<RelativeBucketOptions>;
  /** `[bucketCount, headCount]` */
  readonly weight: Parameter;

  /** @throws {RangeError} if a size is no positive integer, or maxDistance leaves no distances to share a bucket */
  constructor(
    headCount: number,
    {
      bucketCount = 32,
      maxDistance = 128,
      bidirectional = true,
      initializer,
      random,
    }: RelativePositionBiasOptions = {},
  ) {
    super();
    requireSizes('RelativePositionBias', { headCount, bucketCount, maxDistance });
    const exact = Math.floor((bidirectional ? Math.floor(bucketCount / 2) : bucketCount) / 2);
    if (exact < 1) {
      throw new RangeError(
        `RelativePositionBias: bucketCount must be ${bidirectional ? 4 : 2} or more, got ${bucketCount}.`,
      );
    }
    if (maxDistance <= exact) {
      throw new RangeError(
        `RelativePositionBias: maxDistance must exceed the ${exact} distances with buckets of their own, got ${maxDistance}.`,
      );
    }
    this.buckets = { bucketCount, maxDistance, bidirectional };
    this.weight = initialized([bucketCount, headCount], initializer ?? normalInitializer(0.02), random);
  }

  /**
   * The bias for `attention`. The last query stands beside the last key.
   *
   * @returns `[1, headCount, queries, keys]`, owned by the caller
   */
  forward(queries: number, keys: number): tf.Tensor {
    requireSizes('RelativePositionBias', { queries, keys });
    const buckets = Int32Array.from({ length: queries * keys }, (_, index) => {
      const query = Math.floor(index / keys) + keys - queries;
      return relativePositionBucket((index % keys) - query, this.buckets);
    });
    return tf.tidy(() => {
      const rows = embeddingLookup(this.weight.value, tf.tensor2d(buckets, [queries, keys], 'int32')); // [Q, K, H]
      return tf.expandDims(tf.transpose(rows, [2, 0, 1]), 0); // [1, H, Q, K]
    });
  }
}
