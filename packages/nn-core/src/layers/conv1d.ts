import * as tf from '@tensorflow/tfjs-core';
import { linear, ShapeError } from '@wordloom/compile';
import {
  constantInitializer,
  type InitializationOptions,
  initialized,
  uniformInitializer,
} from '../module/initializers.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { requireSizes } from '../module/require-sizes.ts';

/**
 * Zeros around the sequence: as many on both sides, none (`valid`), as many as keep the length (`same`, with stride 1),
 * or before it only, so that no output sees a later input (`causal`).
 */
export type ConvolutionPadding = number | 'valid' | 'same' | 'causal';

/** Options of {@link Conv1d}; the defaults are PyTorch's. */
export interface Conv1dOptions extends InitializationOptions {
  /** How far the kernel moves from output to output; default 1. */
  readonly stride?: number;
  /** Default 0. */
  readonly padding?: ConvolutionPadding;
  /** Distance between the inputs that one output reads; default 1. */
  readonly dilation?: number;
  /** How many parts the channels fall into; outputs read only inputs of their part. Default 1. */
  readonly groups?: number;
  /** Whether a bias is added; default true. */
  readonly bias?: boolean;
}

/**
 * Convolution over time: y[t] = Σₖ W[k] x[t · stride + k · dilation] + b.
 *
 * Channels are the last axis, as everywhere here; in PyTorch they are the second. The parameters are the same. The
 * weight starts uniform in ±1/√(fan in), as in PyTorch; the bias starts at zero, unlike there.
 *
 * @example
 * const layer = new Conv1d(8, 16, 3, { padding: 'causal' });
 * layer.forward(tf.ones([2, 10, 8])).shape; // [2, 10, 16]
 */
export class Conv1d extends Module {
  readonly stride: number;
  readonly padding: ConvolutionPadding;
  readonly dilation: number;
  readonly groups: number;
  /** `[outputChannels, inputChannels / groups, kernelSize]` */
  readonly weight: Parameter;
  /** `[outputChannels]` */
  readonly bias: Parameter | undefined;

  /** @throws {RangeError} if a size is no positive integer, groups do not divide the channels, or padding is out of range */
  constructor(
    inputChannels: number,
    outputChannels: number,
    kernelSize: number,
    {
      stride = 1,
      padding = 0,
      dilation = 1,
      groups = 1,
      bias = true,
      initializer,
      random,
    }: Conv1dOptions = {},
  ) {
    super();
    requireSizes('Conv1d', { inputChannels, outputChannels, kernelSize, stride, dilation, groups });
    for (const [name, channels] of Object.entries({ inputChannels, outputChannels })) {
      if (channels % groups !== 0) {
        throw new RangeError(`Conv1d: ${name} must be a multiple of groups (${groups}), got ${channels}.`);
      }
    }
    requirePadding(padding, stride);
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.groups = groups;
    const fanIn = (inputChannels / groups) * kernelSize;
    const start = initializer ?? uniformInitializer(1 / Math.sqrt(fanIn));
    this.weight = initialized([outputChannels, inputChannels / groups, kernelSize], start, random);
    this.bias = bias ? initialized([outputChannels], constantInitializer(0)) : undefined;
  }

  /**
   * @param x `[batch, time, inputChannels]`
   * @returns `[batch, outputs, outputChannels]`, owned by the caller
   * @throws {ShapeError} if `x` has another shape, or is shorter than what one output reads
   */
  forward(x: tf.Tensor): tf.Tensor {
    const [outputChannels, groupChannels, kernelSize] = this.weight.shape as [number, number, number];
    const channels = groupChannels * this.groups;
    if (x.rank !== 3 || x.shape[2] !== channels) {
      throw new ShapeError(`Conv1d: x must be [batch, time, ${channels}], got [${x.shape}].`);
    }
    return tf.tidy(() => {
      const taps = this.#taps(x, kernelSize); // K times [B, T', C]
      const [batch, outputs] = taps[0]!.shape as [number, number];
      const kernel = tf.transpose(this.weight.value, [0, 2, 1]); // [O, C / G, K] -> [O, K, C / G]
      if (this.groups === 1) {
        const rows = tf.concat(taps, -1); // [B, T', K C]
        return linear(rows, tf.reshape(kernel, [outputChannels, kernelSize * channels]), this.bias?.value);
      }
      const { groups } = this;
      const places = tf.reshape(tf.stack(taps, 2), [batch * outputs, kernelSize, groups, groupChannels]);
      const rows = tf.reshape(tf.transpose(places, [2, 0, 1, 3]), [
        groups,
        batch * outputs,
        kernelSize * groupChannels,
      ]);
      const kernels = tf.reshape(kernel, [groups, outputChannels / groups, kernelSize * groupChannels]);
      const products = tf.matMul(rows, kernels, false, true); // [G, B T', O / G]
      const joined = tf.reshape(tf.transpose(products, [1, 0, 2]), [batch, outputs, outputChannels]);
      return this.bias ? tf.add(joined, this.bias.value) : joined;
    });
  }

  /** For each place of the kernel, what it reads for every output. */
  #taps(x: tf.Tensor, kernelSize: number): tf.Tensor[] {
    const [batch, time, channels] = x.shape as [number, number, number];
    const { stride, dilation } = this;
    const reach = dilation * (kernelSize - 1);
    const [left, right] = paddingOf(this.padding, reach);
    const outputs = Math.floor((left + time + right - reach - 1) / stride) + 1;
    if (outputs < 1) {
      throw new ShapeError(
        `Conv1d: x must have ${reach + 1 - left - right} time steps or more for this kernel, dilation and padding, got ${time}.`,
      );
    }
    // The last stride may reach over the end; its other rows are cut away below.
    const over = Math.max(0, reach + outputs * stride - (left + time + right));
    const around: [number, number][] = [
      [0, 0],
      [left, right + over],
      [0, 0],
    ];
    const padded = left + right + over > 0 ? tf.pad(x, around) : x;
    return Array.from({ length: kernelSize }, (_, place) => {
      const rows = tf.slice(padded, [0, place * dilation, 0], [batch, outputs * stride, channels]);
      if (stride === 1) return rows;
      const strides = tf.reshape(rows, [batch, outputs, stride * channels]);
      return tf.slice(strides, [0, 0, 0], [batch, outputs, channels]);
    });
  }
}

function paddingOf(padding: ConvolutionPadding, reach: number): [left: number, right: number] {
  if (padding === 'valid') return [0, 0];
  if (padding === 'causal') return [reach, 0];
  if (padding === 'same') return [Math.floor(reach / 2), Math.ceil(reach / 2)];
  return [padding, padding];
}

function requirePadding(padding: ConvolutionPadding, stride: number): void {
  const known = typeof padding === 'string' && ['valid', 'same', 'causal'].includes(padding);
  if (!known && !(Number.isSafeInteger(padding) && (padding as number) >= 0)) {
    throw new RangeError(
      `Conv1d: padding must be a non-negative integer, 'valid', 'same' or 'causal', got ${String(padding)}.`,
    );
  }
  if (padding === 'same' && stride !== 1) {
    throw new RangeError(`Conv1d: stride must be 1 where padding is 'same', got ${stride}.`);
  }
}
