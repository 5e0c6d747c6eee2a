import * as tf from '@tensorflow/tfjs-core';
import { linear, type RandomStream } from '@wordloom/compile';
import { Module, Parameter, uniformInitializer } from '@wordloom/nn-core';

/**
 * How well a query fits a key: qᵀ k; qᵀ W k; vᵀ tanh(W q + U k), which Luong calls concat and Bahdanau introduced.
 *
 * @see Luong et al. 2015, "Effective approaches to attention-based neural machine translation", §3.1; Bahdanau et al. 2015, appendix A.1.2
 */
export type ScoreKind = 'dot' | 'general' | 'additive';

/** Options of {@link AttentionScore}. */
export interface AttentionScoreOptions {
  /** Whether additive scores also depend on how much a key has counted before: vᵀ tanh(W q + U k + w c). Default false. */
  readonly coverage?: boolean;
}

/** Scores of one query of each row against all keys of the row. */
export class AttentionScore extends Module {
  readonly kind: ScoreKind;
  /** `[size, size]`: U, or W of `general`; none of `dot`. */
  readonly key: Parameter | undefined;
  /** `[size, size]`: W of `additive`. */
  readonly query: Parameter | undefined;
  /** `[1, size]`: v of `additive`. */
  readonly score: Parameter | undefined;
  /** `[size]`: w, where coverage counts. */
  readonly coverage: Parameter | undefined;

  /** @throws {RangeError} if coverage is to count in scores that are not additive */
  constructor(
    kind: ScoreKind,
    size: number,
    random: RandomStream,
    { coverage = false }: AttentionScoreOptions = {},
  ) {
    super();
    if (coverage && kind !== 'additive') {
      throw new RangeError(`AttentionScore: kind must be additive where coverage counts, got ${kind}.`);
    }
    this.kind = kind;
    const parameter = (shape: readonly number[]): Parameter =>
      new Parameter(uniformInitializer(1 / Math.sqrt(size))(shape, random), shape);
    this.key = kind === 'dot' ? undefined : parameter([size, size]);
    this.query = kind === 'additive' ? parameter([size, size]) : undefined;
    this.score = kind === 'additive' ? parameter([1, size]) : undefined;
    this.coverage = coverage ? parameter([size]) : undefined;
  }

  /** What of the keys does not depend on queries: `[batch, keys, size]` → the same. */
  prepare(memory: tf.Tensor): tf.Tensor {
    return this.key ? linear(memory, this.key.value) : memory;
  }

  /**
   * @param query    `[batch, size]`
   * @param keys     as {@link prepare} made them
   * @param coverage `[batch, keys]`, where it counts
   * @returns `[batch, keys]`
   */
  forward(query: tf.Tensor, keys: tf.Tensor, coverage?: tf.Tensor): tf.Tensor {
    if (!this.query || !this.score) {
      return tf.squeeze(tf.matMul(keys, tf.expandDims(query, 2)), [2]); // [B, S, H] · [B, H, 1]
    }
    const covered =
      this.coverage && coverage
        ? tf.add(keys, tf.mul(tf.expandDims(coverage, 2), this.coverage.value))
        : keys;
    const mixed = tf.tanh(tf.add(covered, tf.expandDims(linear(query, this.query.value), 1))); // [B, S, H]
    return tf.squeeze(linear(mixed, this.score.value), [2]);
  }
}
