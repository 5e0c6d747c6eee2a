import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';
import { constantInitializer, initialized } from '../module/initializers.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Normalization over time and a group of channels, then a learned scale and shift of each channel. One group is layer
 * normalization over time and channels, as many groups as channels instance normalization.
 *
 * Channels are the last axis, as everywhere here; in PyTorch they are the second. The parameters are the same.
 *
 * @see Wu & He 2018, "Group normalization", §3.1
 */
export class GroupNorm extends Module {
  readonly groupCount: number;
  readonly epsilon: number;
  /** `[channels]`, starts at one */
  readonly weight: Parameter;
  /** `[channels]`, starts at zero */
  readonly bias: Parameter;

  /** @throws {RangeError} unless groupCount divides channels */
  constructor(groupCount: number, channels: number, { epsilon = 1e-5 }: GroupNormOptions = {}) {
    super();
    requireSizes('GroupNorm', { groupCount, channels });
    if (channels % groupCount !== 0) {
      throw new RangeError(
        `GroupNorm: channels must be a multiple of groupCount (${groupCount}), got ${channels}.`,
      );
    }
    this.groupCount = groupCount;
    this.epsilon = epsilon;
    this.weight = initialized([channels], constantInitializer(1));
    this.bias = initialized([channels], constantInitializer(0));
  }

  /**
   * @param x `[batch, ..., channels]`
   * @returns the shape of `x`
   * @throws {ShapeError} if the last axis has another size
   */
  forward(x: tf.Tensor): tf.Tensor {
    const channels = this.weight.shape[0]!;
    if (x.rank < 2 || x.shape.at(-1) !== channels) {
      throw new ShapeError(`GroupNorm: x must be [batch, ..., ${channels}], got [${x.shape}].`);
    }
    return tf.tidy(() => {
      const batch = x.shape[0]!;
      const places = x.size / (batch * channels);
      const groups = tf.reshape(x, [batch, places, this.groupCount, channels / this.groupCount]);
      const centered = tf.sub(groups, tf.mean(groups, [1, 3], true));
      const variance = tf.mean(tf.square(centered), [1, 3], true); // [B, 1, G, 1]
      const normalized = tf.mul(centered, tf.rsqrt(tf.add(variance, this.epsilon)));
      return tf.add(tf.mul(tf.reshape(normalized, x.shape), this.weight.value), this.bias.value);
    });
  }
}
