import * as tf from '@tensorflow/tfjs-core';
import { attention, ShapeError } from '@wordloom/compile';
import { Module } from '../module/module.ts';
import { requireSizes } from '../module/require-sizes.ts';
import type { RotaryEmbedding, RotaryPositions } from '../positions/rotary-embedding.ts';
import { Linear, type LinearOptions } from './linear.ts';

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionOptions extends LinearOptions {
  readonly headCount: number;
  /** Heads of keys and values; fewer than `headCount` is grouped-query attention, 1 multi-query. Default headCount. */
  readonly keyHeadCount?: number;
  /** Width of a head; default size / headCount. */
  readonly headSize?: number;
  /** Width of the vectors that keys and values are made of; default size. */
  readonly sourceSize?: number;
  /** Of attention probabilities in training, in [0, 1); default 0. */
  readonly dropout?: number;
  /** Turns queries and keys by their positions; default none. */
  readonly rotary?: RotaryEmbedding;
}

/** What one pass attends to. */
export interface AttendOptions {
  /** `[batch, keys, sourceSize]`: what keys and values are made of (cross-attention); default the queries' own vectors. */
  readonly source?: tf.Tensor;
  /** Whether a query sees no later key; default false. */
  readonly causal?: boolean;
  /** How many keys back a query sees, its own included; with `causal` only. Default all. */
  readonly window?: number;
  /** bool `[batch, keys]`: true for real keys, false for padding. PyTorch's `key_padding_mask` is the opposite. */
  readonly keyMask?: tf.Tensor;
  /** bool, broadcast to `[batch, heads, queries, keys]`: true where attention is allowed. PyTorch's `attn_mask` is the opposite. */
  readonly mask?: tf.Tensor;
  /** float32, broadcast likewise: added to the scores, such as {@link alibiBias} or {@link RelativePositionBias}. */
  readonly bias?: tf.Tensor;
  /** Where the queries' vectors stand, for the rotary embedding; default from 0. */
  readonly positions?: RotaryPositions;
  /** Where the keys' vectors stand; default from 0, or as `positions` where they are the queries' own. */
  readonly sourcePositions?: RotaryPositions;
}

/**
 * Multi-head attention, to itself or to another sequence, with as many key heads as wanted.
 *
 * Queries, keys and values have a linear layer each, so that adapters and checkpoints reach them by name;
 * {@link splitTorchAttention} reads PyTorch's `MultiheadAttention`. A query that may attend nowhere gets zeros before
 * the output layer, where PyTorch gives NaN.
 *
 * @example
 * const layer = new MultiHeadAttention(64, { headCount: 8, keyHeadCount: 2, rotary: new RotaryEmbedding(8), random });
 * layer.forward(x, { causal: true }); // [batch, time, 64], as x
 * @see Vaswani et al. 2017, §3.2.2; Ainslie et al. 2023, "GQA", §2.2
 */
export class MultiHeadAttention extends Module {
  readonly headCount: number;
  readonly keyHeadCount: number;
  readonly dropout: number;
  /** `[headCount · headSize, size]` */
  readonly query: Linear;
  /** `[keyHeadCount · headSize, sourceSize]` */
  readonly key: Linear;
  /** `[keyHeadCount · headSize, sourceSize]` */
  readonly value: Linear;
  /** `[size, headCount · headSize]` */
  readonly output: Linear;
  readonly rotary: RotaryEmbedding | undefined;

  /** @throws {RangeError} if a size is no positive integer, heads do not divide, or dropout is out of range */
  constructor(size: number, options: MultiHeadAttentionOptions) {
    super();
    const {
      headCount,
      keyHeadCount = headCount,
      sourceSize = size,
      dropout = 0,
      rotary,
      ...linear
    } = options;
    requireSizes('MultiHeadAttention', { size, headCount, keyHeadCount, sourceSize });
    const headSize = options.headSize ?? size / headCount;
    if (!Number.isSafeInteger(headSize) || headSize < 1) {
      throw new RangeError(
        `MultiHeadAttention: size must be a multiple of headCount (${headCount}), got ${size}. Or give headSize.`,
      );
    }
    if (headCount % keyHeadCount !== 0) {
      throw new RangeError(
        `MultiHeadAttention: headCount must be a multiple of keyHeadCount (${keyHeadCount}), got ${headCount}.`,
      );
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new RangeError(`MultiHeadAttention: dropout must be in [0, 1), got ${dropout}.`);
    }
    this.headCount = headCount;
    this.keyHeadCount = keyHeadCount;
    this.dropout = dropout;
    this.query = new Linear(size, headCount * headSize, linear);
    this.key = new Linear(sourceSize, keyHeadCount * headSize, linear);
    this.value = new Linear(sourceSize, keyHeadCount * headSize, linear);
    this.output = new Linear(headCount * headSize, size, linear);
    this.rotary = rotary;
  }

  /**
   * @param x `[batch, queries, size]`
   * @returns `[batch, queries, size]`, owned by the caller
   * @throws {ShapeError} if shapes do not fit @throws {TypeError} if a mask is not bool
   */
  forward(x: tf.Tensor, options: AttendOptions = {}): tf.Tensor {
    const {
      source = x,
      positions,
      sourcePositions = source === x ? positions : undefined,
      keyMask,
      mask,
      ...how
    } = options;
    if (x.rank !== 3 || source.rank !== 3 || x.shape[0] !== source.shape[0]) {
      throw new ShapeError(
        `MultiHeadAttention: x and source must be [batch, time, size], got [${x.shape}] and [${source.shape}].`,
      );
    }
    return tf.tidy(() => {
      let q = splitHeads(this.query.forward(x), this.headCount);
      let k = splitHeads(this.key.forward(source), this.keyHeadCount);
      const v = splitHeads(this.value.forward(source), this.keyHeadCount);
      if (this.rotary) {
        q = this.rotary.forward(q, positions);
        k = this.rotary.forward(k, sourcePositions);
      }
      const allowed = joinMasks(mask, keyMask, source.shape);
      const attended = attention(q, k, v, {
        ...how,
        ...(allowed && { mask: allowed }),
        dropoutRate: this.training ? this.dropout : 0,
      });
      return this.output.forward(mergeHeads(attended));
    });
  }
}

/** `[B, T, H D]` → `[B, H, T, D]` */
export function splitHeads(x: tf.Tensor, headCount: number): tf.Tensor {
  const [batch, time, size] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, time, headCount, size / headCount]), [0, 2, 1, 3]);
}

/** `[B, H, T, D]` → `[B, T, H D]` */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, time, size] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, time, heads * size]);
}

function joinMasks(
  mask: tf.Tensor | undefined,
  keyMask: tf.Tensor | undefined,
  [batch, keys]: readonly number[],
): tf.Tensor | undefined {
  if (!keyMask) return mask;
  if (`${keyMask.shape}` !== `${[batch, keys]}`) {
    throw new ShapeError(
      `MultiHeadAttention: keyMask must be [batch, keys] = [${batch}, ${keys}], got [${keyMask.shape}].`,
    );
  }
  if (keyMask.dtype !== 'bool') {
    throw new TypeError(`MultiHeadAttention: keyMask must be bool, got ${keyMask.dtype}.`);
  }
  const perKey = tf.reshape(keyMask, [batch!, 1, 1, keys!]);
  return mask ? tf.logicalAnd(mask, perKey) : perKey;
}
