import * as tf from '@tensorflow/tfjs-core';
import { type Reduced, type Reduction, reduce, requireSameShape } from './reduction.ts';

/** Options of {@link klDivergence}. */
export interface KlDivergenceOptions<R extends Reduction | 'batchMean' = Reduction | 'batchMean'> {
  /** Default `batchMean`: the sum divided by the size of the first axis. `mean` divides by all elements, as in PyTorch. */
  readonly reduction?: R;
  /** Whether targets are log-probabilities; default false. */
  readonly logTarget?: boolean;
}

/**
 * Kullback–Leibler divergence of predicted from target distributions, Σ p (log p − log q), in nats.
 *
 * @param logProbabilities `[..., classes]`, log q
 * @param targets          the same shape, p, or log p with `logTarget`
 * @returns a scalar; with `none` the terms of the sum, in the same shape
 * @throws {ShapeError} if the shapes differ
 */
export function klDivergence<R extends Reduction | 'batchMean' = 'batchMean'>(
  logProbabilities: tf.Tensor,
  targets: tf.Tensor,
  { reduction, logTarget = false }: KlDivergenceOptions<R> = {},
): Reduced<R extends 'none' ? 'none' : 'mean'> {
  requireSameShape('klDivergence', { logProbabilities, targets });
  return tf.tidy(() => {
    const terms = logTarget ? fromLogs(logProbabilities, targets) : fromShares(logProbabilities, targets);
    const kind = (reduction ?? 'batchMean') as Reduction | 'batchMean';
    if (kind !== 'batchMean') return reduce('klDivergence', terms, kind);
    return tf.div(tf.sum(terms), terms.shape[0] ?? 1);
  }) as Reduced<R extends 'none' ? 'none' : 'mean'>;
}

function fromLogs(logProbabilities: tf.Tensor, logTargets: tf.Tensor): tf.Tensor {
  return tf.mul(tf.exp(logTargets), tf.sub(logTargets, logProbabilities));
}

const SMALLEST = 1.2e-38; // the smallest normal float32: 0 log 0 is 0

function fromShares(logProbabilities: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  return tf.mul(targets, tf.sub(tf.log(tf.maximum(targets, SMALLEST)), logProbabilities));
}
