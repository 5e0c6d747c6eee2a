import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '@wordloom/compile';
import { constantInitializer, initialized } from '../module/initializers.ts';
import { ModelBuffer } from '../module/model-buffer.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/** Options of {@link BatchNorm1d}. */
export interface BatchNorm1dOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Share of a batch in the running statistics, in [0, 1]; default 0.1. */
  readonly momentum?: number;
}

/**
 * Batch normalization: in training, each channel is normalized over the batch, which also moves the running statistics;
 * in evaluation, by the running statistics. Then a learned scale and shift.
 *
 * Channels are the last axis, as everywhere here; in PyTorch they are the second. Parameters and buffers are the same.
 *
 * @see Ioffe & Szegedy 2015, "Batch normalization", algorithms 1 and 2
 */
export class BatchNorm1d extends Module {
  readonly epsilon: number;
  readonly momentum: number;
  /** `[channels]`, starts at one */
  readonly weight: Parameter;
  /** `[channels]`, starts at zero */
  readonly bias: Parameter;
  /** `[channels]`, starts at zero */
  readonly running_mean: ModelBuffer;
  /** `[channels]`, unbiased, starts at one */
  readonly running_var: ModelBuffer;
  /** int32 `[]` */
  readonly num_batches_tracked: ModelBuffer;

  /** @throws {RangeError} unless channels is a positive integer and momentum in [0, 1] */
  constructor(channels: number, { epsilon = 1e-5, momentum = 0.1 }: BatchNorm1dOptions = {}) {
    super();
    requireSizes('BatchNorm1d', { channels });
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new RangeError(`BatchNorm1d: momentum must be in [0, 1], got ${momentum}.`);
    }
    this.epsilon = epsilon;
    this.momentum = momentum;
    this.weight = initialized([channels], constantInitializer(1));
    this.bias = initialized([channels], constantInitializer(0));
    this.running_mean = new ModelBuffer(new Float32Array(channels), [channels]);
    this.running_var = new ModelBuffer(new Float32Array(channels).fill(1), [channels]);
    this.num_batches_tracked = new ModelBuffer(new Int32Array(1), []);
  }

  /**
   * @param x `[batch, ..., channels]`
   * @returns the shape of `x`, owned by the caller
   * @throws {ShapeError} if the last axis has another size, or a batch in training holds one value a channel
   */
  forward(x: tf.Tensor): tf.Tensor {
    const channels = this.weight.shape[0]!;
    if (x.rank < 2 || x.shape.at(-1) !== channels) {
      throw new ShapeError(`BatchNorm1d: x must be [batch, ..., ${channels}], got [${x.shape}].`);
    }
    return tf.tidy(() => {
      const [mean, variance] = this.training
        ? this.#batchStatistics(x)
        : [this.running_mean.value, this.running_var.value];
      const scale = tf.mul(this.weight.value, tf.rsqrt(tf.add(variance, this.epsilon))); // [C]
      return tf.add(tf.mul(tf.sub(x, mean), scale), this.bias.value);
    });
  }

  #batchStatistics(x: tf.Tensor): [mean: tf.Tensor, variance: tf.Tensor] {
    const channels = this.weight.shape[0]!;
    const count = x.size / channels;
    if (count < 2) {
      throw new ShapeError(
        `BatchNorm1d: x must have two values a channel or more in training, got [${x.shape}].`,
      );
    }
    const rows = tf.reshape(x, [count, channels]);
    const mean = tf.mean(rows, 0);
    const variance = tf.mean(tf.squaredDifference(rows, mean), 0);
    const move = (buffer: ModelBuffer, toward: tf.Tensor): void => {
      buffer.assign(tf.add(tf.mul(1 - this.momentum, buffer.value), tf.mul(this.momentum, toward)));
    };
    move(this.running_mean, mean);
    move(this.running_var, tf.mul(variance, count / (count - 1)));
    this.num_batches_tracked.assign(tf.add(this.num_batches_tracked.value, tf.scalar(1, 'int32')));
    return [mean, variance];
  }
}
