import * as tf from '@tensorflow/tfjs-core';
import { linear, type RandomStream } from '@wordloom/compile';
import { Module, Parameter, uniformInitializer } from '@wordloom/nn-core';

/**
 * How well a query fits a key: qᵀ k; qᵀ W k; vᵀ tanh(W q + U k), which Luong calls concat and Bahdanau introduced.
 *
 * @see Luong et al. 2015, "Effective approaches to attention-based neural machine translation", §3.1; Bahdanau et al. 2015, appendix A.1.2
 */
export type ScoreKind = 'dot' | 'general' | 'additive';

/** Scores of one query of each row against all keys of the row. */
export class AttentionScore extends Module {
  readonly kind: ScoreKind;
  /** `[size, size]`: U, or W of `general`; none of `dot`. */
  readonly key: Parameter | undefined;
  /** `[size, size]`: W of `additive`. */
  readonly query: Parameter | undefined;
  /** `[1, size]`: v of `additive`. */
  readonly score: Parameter | undefined;

  constructor(kind: ScoreKind, size: number, random: RandomStream) {
    super();
    this.kind = kind;
    const parameter = (rows: number): Parameter =>
      new Parameter(uniformInitializer(1 / Math.sqrt(size))([rows, size], random), [rows, size]);
    this.key = kind === 'dot' ? undefined : parameter(size);
    this.query = kind === 'additive' ? parameter(size) : undefined;
    this.score = kind === 'additive' ? parameter(1) : undefined;
  }

  /** What of the keys does not depend on queries: `[batch, keys, size]` → the same. */
  prepare(memory: tf.Tensor): tf.Tensor {
    return this.key ? linear(memory, this.key.value) : memory;
  }

  /** @param query `[batch, size]` @param keys as {@link prepare} made them @returns `[batch, keys]` */
  forward(query: tf.Tensor, keys: tf.Tensor): tf.Tensor {
    if (!this.query || !this.score) {
      return tf.squeeze(tf.matMul(keys, tf.expandDims(query, 2)), [2]); // [B, S, H] · [B, H, 1]
    }
    const mixed = tf.tanh(tf.add(keys, tf.expandDims(linear(query, this.query.value), 1))); // [B, S, H]
    return tf.squeeze(linear(mixed, this.score.value), [2]);
  }
}
