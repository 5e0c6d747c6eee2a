import * as tf from '@tensorflow/tfjs-core';
import { embeddingLookup, linear, ShapeError } from '@wordloom/compile';
import { crossEntropy } from './cross-entropy.ts';
import { type Reduced, type Reduction, type ReductionOptions, requireLabels } from './reduction.ts';

/** Options of {@link sampledSoftmax}. */
export interface SampledSoftmaxOptions<R extends Reduction = Reduction> extends ReductionOptions<R> {
  /** `[classes, size]`: the output layer, such as a tied embedding. */
  readonly weight: tf.Tensor;
  /** `[classes]`; default none. */
  readonly bias?: tf.Tensor;
  /** int32 `[count]`: the classes that were drawn, see {@link drawCandidates}. */
  readonly candidates: tf.Tensor;
  /** float32 `[]`: how many draws it took to find as many different classes. */
  readonly candidateDraws: tf.Tensor;
  /** Whether a drawn class that is the target itself is left out; default true. */
  readonly removeHits?: boolean;
  /** Targets with this value do not count; default −100. */
  readonly ignoreIndex?: number;
}

/** Weighs in a softmax as nothing, and stays finite. */
const REMOVED = -1e9;

/**
 * Softmax cross-entropy over the target and a sample of the other classes, for vocabularies too large for all of
 * them. Each logit is corrected by the log of how often its class was expected in the sample, so that classes count as
 * much as in the whole; the more are drawn, the nearer it comes to the full softmax, from below. For training only: evaluate with {@link crossEntropy}.
 *
 * @param hidden  `[..., size]`, what the output layer reads
 * @param targets int32 `[...]`, values in [0, classes)
 * @returns a scalar: the mean or sum over targets, in nats; with `none` `[...]`
 * @throws {ShapeError} if shapes do not fit @throws {TypeError} if targets or candidates are not int32
 * @see Jean et al. 2015, "On using very large target vocabulary for neural machine translation", §3.2; Bengio & Senécal 2008,
 * "Adaptive importance sampling to accelerate training of a neural probabilistic language model"
 */
export function sampledSoftmax<R extends Reduction = 'mean'>(
  hidden: tf.Tensor,
  targets: tf.Tensor,
  options: SampledSoftmaxOptions<R>,
): Reduced<R> {
  const { weight, bias, candidates, candidateDraws, removeHits = true, ignoreIndex = -100 } = options;
  requireLabels('sampledSoftmax', 'hidden', hidden, targets);
  requireFit(hidden, options);
  const [classes, size] = weight.shape as [number, number];
  return tf.tidy(() => {
    const rows = tf.reshape(hidden, [targets.size, size]); // [..., D] -> [N, D]
    const labels = tf.reshape(targets, [targets.size]);
    const counted = tf.notEqual(labels, ignoreIndex);
    const own = tf.mul(labels, tf.cast(counted, 'int32')); // [N]
    const table = bias && tf.reshape(bias, [classes, 1]);
    const biasOf = (ids: tf.Tensor): tf.Tensor | 0 =>
      table ? tf.reshape(embeddingLookup(table, ids), [-1]) : 0;
    const correction = (ids: tf.Tensor): tf.Tensor => logExpectedCount(ids, classes, candidateDraws);

    const ownProducts = tf.sum(tf.mul(rows, embeddingLookup(weight, own)), -1); // [N]
    const ownLogits = tf.sub(tf.add(ownProducts, biasOf(own)), correction(own));
    const products = linear(rows, embeddingLookup(weight, candidates)); // [N, S]
    let logits = tf.sub(tf.add(products, biasOf(candidates)), correction(candidates));
    if (removeHits) {
      const hits = tf.equal(tf.expandDims(own, 1), tf.expandDims(candidates, 0));
      logits = tf.add(logits, tf.mul(REMOVED, tf.cast(hits, 'float32')));
    }
    // The target is class 0 of [N, 1 + S]; −100 where it does not count.
    const all = tf.concat([tf.expandDims(ownLogits, 1), logits], 1);
    const first = tf.mul(-100, tf.sub(1, tf.cast(counted, 'int32'))) as tf.Tensor;
    const loss = crossEntropy(all, tf.cast(first, 'int32'), {
      reduction: (options.reduction ?? 'mean') as R,
    });
    return loss.rank === 0 ? loss : (tf.reshape(loss, targets.shape) as Reduced<R>);
  });
}

/**
 * How often class k is expected among the different classes of `draws` log-uniform draws: 1 − (1 − p)^draws, with
 * p = log((k + 2) / (k + 1)) / log(classes + 1).
 */
function logExpectedCount(ids: tf.Tensor, classes: number, draws: tf.Tensor): tf.Tensor {
  const place = tf.cast(ids, 'float32');
  const probability = tf.div(tf.log1p(tf.reciprocal(tf.add(place, 1))), Math.log(classes + 1));
  const absent = tf.mul(draws, tf.log1p(tf.neg(probability))); // log of the probability of no draw
  return tf.log(tf.neg(tf.expm1(absent)));
}

function requireFit(
  hidden: tf.Tensor,
  { weight, bias, candidates, candidateDraws }: SampledSoftmaxOptions,
): void {
  if (weight.rank !== 2 || weight.shape[1] !== hidden.shape.at(-1)) {
    throw new ShapeError(
      `sampledSoftmax: weight must be [classes, ${hidden.shape.at(-1)}] for hidden [${hidden.shape}], got [${weight.shape}].`,
    );
  }
  if (bias && `${bias.shape}` !== `${weight.shape[0]}`) {
    throw new ShapeError(`sampledSoftmax: bias must be [${weight.shape[0]}], got [${bias.shape}].`);
  }
  if (candidates.rank !== 1 || candidates.dtype !== 'int32') {
    throw new TypeError(
      `sampledSoftmax: candidates must be int32 [count], got ${candidates.dtype} [${candidates.shape}].`,
    );
  }
  if (candidateDraws.size !== 1) {
    throw new ShapeError(`sampledSoftmax: candidateDraws must be one number, got [${candidateDraws.shape}].`);
  }
}
