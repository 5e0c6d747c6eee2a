import * as tf from '@tensorflow/tfjs-core';
import { remat } from '../control/remat.ts';
import { sumTo } from '../gradients/broadcast-gradients.ts';
import { ShapeError } from '../tensor-data.ts';
import { inRows, queryBlocks, rowsOf, scoresAt, scoresOf, sumOfRows } from './attention-blocks.ts';
import { customGradient } from './custom-gradient.ts';
import { dropoutMask } from './dropout.ts';

/** Options of {@link attention}. */
export interface AttentionOptions {
  /** Whether a query sees no later key; the last query stands beside the last key. Default false. */
  readonly causal?: boolean;
  /** How many keys back a query sees, its own included; with `causal` only (sliding window). Default all. */
  readonly window?: number;
  /** bool, broadcast to `[batch, heads, queries, keys]`: true where attention is allowed. */
  readonly mask?: tf.Tensor;
  /** float32, broadcast to `[batch, heads, queries, keys]`: added to the scaled scores; has a gradient. */
  readonly bias?: tf.Tensor;
  /** Factor of the scores; default 1 / √size. */
  readonly scale?: number;
  /** Dropout on the attention probabilities, active inside `withRandomness`; default 0. */
  readonly dropoutRate?: number;
  /**
   * Whether the backward pass computes the probabilities again instead of keeping them, which take queries × keys numbers for each head: less memory
   * where sequences are long, for the time of another product and softmax. Default false.
   */
  readonly recompute?: boolean;
}

/** Large enough that its exponential is zero, small enough that adding scores to it stays finite. */
const MASKED = -1e9;

/**
 * Scaled dot-product attention: softmax(q kᵀ · scale + bias) v.
 *
 * Grouped-query attention where k and v have fewer heads: query head h reads key head ⌊h / group⌋, and keys are never
 * copied. A query that may attend nowhere gets zeros.
 *
 * The backward pass is written by hand: with P the probabilities and o the output,
 * dS = P · (do vᵀ − Σ(do · o)), so no queries × keys product beyond P itself is kept.
 *
 * Causal attention over many queries is computed in blocks of queries, each with the keys that it sees.
 *
 * @param q `[batch, heads, queries, size]`
 * @param k `[batch, key heads, keys, size]`; key heads divide heads
 * @param v `[batch, key heads, keys, value size]`
 * @returns `[batch, heads, queries, value size]`
 * @throws {ShapeError} if the shapes do not fit each other @throws {RangeError} if an option is out of range
 * @see Vaswani et al. 2017, §3.2.1; Ainslie et al. 2023, "GQA", §2.2; Dao et al. 2022, "FlashAttention", appendix B.4 (the
 * backward pass)
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  options: AttentionOptions = {},
): tf.Tensor {
  requireShapes(q, k, v, options);
  const { recompute = false, ...others } = options;
  if (recompute) return remat((q) => attention(q, k, v, others), q);
  const [batch, heads, queries, size] = q.shape as Shape4D;
  const [, keyHeads, keys, valueSize] = v.shape as Shape4D;
  const { scale = 1 / Math.sqrt(size), bias, dropoutRate = 0 } = options;
  const blocks = queryBlocks(queries, keys, options);
  return tf.tidy(() => {
    const { hidden, sighted } = visibility(queries, keys, options);
    const keep = dropoutMask([batch, heads, queries, keys], dropoutRate);
    return customGradient([q, k, v, ...(bias ? [bias] : [])], (q, k, v, bias) => {
      const computed = blocks.map((block) => {
        const shape = scoresOf(block, q!);
        const qk = tf.matMul(
          grouped(rowsOf(q!, block.queries), keyHeads),
          rowsOf(k!, block.keys),
          false,
          true,
        );
        let scores: tf.Tensor = tf.reshape(tf.mul(qk, scale), shape);
        if (bias) scores = tf.add(scores, bias);
        if (hidden) scores = tf.add(scores, scoresAt(hidden, block));
        const probabilities = tf.softmax(scores);
        const dropped = keep ? tf.mul(probabilities, scoresAt(keep, block)) : probabilities;
        const mixed = tf.matMul(grouped(dropped, keyHeads), rowsOf(v!, block.keys)); // [B, K, G Q, D]
        return { probabilities, output: tf.reshape(mixed, [batch, heads, shape[2], valueSize]) };
      });
      let output = inRows(computed.map(({ output }) => output));
      if (sighted) output = tf.mul(output, sighted);

      const gradients = (dy: tf.Tensor, saved: readonly tf.Tensor[]): tf.Tensor[] => {
        const [q, k, v, output, ...rest] = saved as Saved;
        const savedKeep = keep && rest[blocks.length];
        const savedSighted = sighted && rest.at(-1);
        const dOutput = savedSighted ? tf.mul(dy, savedSighted) : dy;
        const rowSums = tf.sum(tf.mul(dOutput, output), -1, true); // [B, H, Q, 1]
        const parts = blocks.map((block, index) => {
          const probabilities = rest[index]!;
          const dropped = (x: tf.Tensor): tf.Tensor =>
            savedKeep ? tf.mul(x, scoresAt(savedKeep, block)) : x;
          const dMixed = grouped(rowsOf(dOutput, block.queries), keyHeads);
          const dv = tf.matMul(grouped(dropped(probabilities), keyHeads), dMixed, true, false);
          const dDropped = tf.reshape(
            tf.matMul(dMixed, rowsOf(v, block.keys), false, true),
            probabilities.shape,
          );
          const dScores = tf.mul(probabilities, tf.sub(dropped(dDropped), rowsOf(rowSums, block.queries)));
          const rows = grouped(dScores, keyHeads);
          const dq = tf.mul(tf.matMul(rows, rowsOf(k, block.keys)), scale);
          const dk = tf.mul(tf.matMul(rows, grouped(rowsOf(q, block.queries), keyHeads), true, false), scale);
          return { dq: tf.reshape(dq, [batch, heads, -1, size]), dk, dv, dScores };
        });
        const keySpans = blocks.map((block) => block.keys);
        return [
          inRows(parts.map(({ dq }) => dq)),
          sumOfRows(
            parts.map(({ dk }) => dk),
            keySpans,
            keys,
          ),
          sumOfRows(
            parts.map(({ dv }) => dv),
            keySpans,
            keys,
          ),
          ...(bias ? [sumTo(parts[0]!.dScores, bias.shape)] : []),
        ];
      };
      const saved = [
        ...[q!, k!, v!, output],
        ...computed.map(({ probabilities }) => probabilities),
        ...(keep ? [keep] : []),
        ...(sighted ? [sighted] : []),
      ];
      return { value: output, saved, gradients };
    });
  });
}

/** The rows of all query heads that share a key head, together: `[batch, key heads, group × queries, size]`. */
function grouped(x: tf.Tensor, keyHeads: number): tf.Tensor {
  return tf.reshape(x, [x.shape[0]!, keyHeads, -1, x.shape[3]!]);
}

type Saved = [
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  output: tf.Tensor,
  ...probabilitiesAndOptional: tf.Tensor[],
];

type Shape4D = [number, number, number, number];

interface Visibility {
  /** Added to the scores: 0 where attention is allowed. */
  readonly hidden?: tf.Tensor;
  /** 1 for queries that may attend somewhere, 0 for the others; left out where all may. */
  readonly sighted?: tf.Tensor;
}

/** What causality, window and mask say together. */
function visibility(
  queries: number,
  keys: number,
  { causal = false, window = Number.POSITIVE_INFINITY, mask }: AttentionOptions,
): Visibility {
  const byPlace = causal ? causalMask(queries, keys, window) : undefined;
  const byMask = mask && tf.mul(tf.sub(1, tf.cast(mask, 'float32')), MASKED);
  const hidden = byPlace && byMask ? tf.add(byPlace, byMask) : (byPlace ?? byMask);
  if (!hidden) return {};
  if (!mask && queries <= keys) return { hidden };
  return { hidden, sighted: tf.cast(tf.greater(tf.max(hidden, -1, true), MASKED / 2), 'float32') };
}

/** 0 where attention is allowed, a very negative number in the future and before the window: `[queries, keys]`. */
function causalMask(queries: number, keys: number, window: number): tf.Tensor2D {
  const mask = new Float32Array(queries * keys).fill(MASKED);
  for (let query = 0; query < queries; query++) {
    const place = query + keys - queries;
    const first = Math.max(0, place - window + 1);
    if (place >= first) mask.fill(0, query * keys + first, query * keys + place + 1);
  }
  return tf.tensor2d(mask, [queries, keys]);
}

function requireShapes(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: AttentionOptions): void {
  const [batch, heads, queries, size] = q.shape;
  const [keyBatch, keyHeads, keys, keySize] = k.shape;
  const fits =
    q.rank === 4 &&
    k.rank === 4 &&
    v.rank === 4 &&
    batch === keyBatch &&
    heads! % keyHeads! === 0 &&
    size === keySize &&
    `${k.shape.slice(0, 3)}` === `${v.shape.slice(0, 3)}`;
  if (!fits) {
    throw new ShapeError(
      `attention: q, k and v must be [batch, heads, queries, size], [batch, key heads, keys, size] and [batch, key heads, keys, value size], key heads dividing heads, got [${q.shape}], [${k.shape}] and [${v.shape}].`,
    );
  }
  const { causal = false, window, mask, bias } = options;
  if (window !== undefined && !(causal && Number.isInteger(window) && window > 0)) {
    throw new RangeError(
      `attention: window must be a positive integer and goes with causal, got ${window}${causal ? '' : ' without it'}.`,
    );
  }
  if (mask && mask.dtype !== 'bool') throw new TypeError(`attention: mask must be bool, got ${mask.dtype}.`);
  const scores = [batch!, heads!, queries!, keys!];
  for (const [name, tensor] of Object.entries({ mask, bias })) {
    if (!tensor) continue;
    const padded = [...Array(Math.max(0, 4 - tensor.rank)).fill(1), ...tensor.shape];
    if (padded.length > 4 || padded.some((axis, index) => axis !== 1 && axis !== scores[index])) {
      throw new ShapeError(
        `attention: ${name} must broadcast to [batch, heads, queries, keys] = [${scores}], got [${tensor.shape}].`,
      );
    }
  }
}
