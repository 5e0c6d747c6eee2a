import * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from '../tensor-data.ts';
import { onnxNode } from '../trace/onnx-node.ts';
import { isTracing } from '../trace/trace-backend.ts';
import { customGradient } from './custom-gradient.ts';

/** Options of {@link softmaxCrossEntropy}. */
export interface CrossEntropyOptions {
  /** Labels with this value do not count; default: every label counts. */
  readonly ignoreIndex?: number;
}

/**
 * Mean negative log-likelihood of integer labels under softmax(logits), in nats.
 *
 * @param logits `[..., classes]`
 * @param labels int32 `[...]`, values in [0, classes) or `ignoreIndex`
 * @returns a scalar: the mean over the labels that count (NaN if none does, as in PyTorch)
 * @throws {ShapeError} if labels do not have the leading shape of logits @throws {TypeError} if labels are not int32
 */
export function softmaxCrossEntropy(
  logits: tf.Tensor,
  labels: tf.Tensor,
  { ignoreIndex }: CrossEntropyOptions = {},
): tf.Scalar {
  const classes = logits.shape.at(-1) ?? 1;
  if (`${logits.shape.slice(0, -1)}` !== `${labels.shape}`) {
    throw new ShapeError(
      `softmaxCrossEntropy: labels must be [${logits.shape.slice(0, -1)}] for logits [${logits.shape}], got [${labels.shape}].`,
    );
  }
  if (labels.dtype !== 'int32')
    throw new TypeError(`softmaxCrossEntropy: labels must be int32, got ${labels.dtype}.`);
  return tf.tidy(() => {
    const rows = tf.reshape(logits, [labels.size, classes]) as tf.Tensor2D;
    const flatLabels = tf.reshape(labels, [labels.size]) as tf.Tensor1D;
    const counted =
      ignoreIndex === undefined ? undefined : tf.cast(tf.notEqual(flatLabels, ignoreIndex), 'float32');
    const safeLabels =
      counted === undefined ? flatLabels : (tf.mul(flatLabels, tf.cast(counted, 'int32')) as tf.Tensor1D);
    const loss = isTracing() ? fused : composed;
    return loss(rows, safeLabels, counted);
  });
}

type Loss = (logits: tf.Tensor2D, labels: tf.Tensor1D, counted: tf.Tensor | undefined) => tf.Scalar;

const composed: Loss = (logits, labels, counted) => {
  const classes = logits.shape[1];
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  const logPartition = tf.log(tf.sum(tf.exp(shifted), -1)); // [rows]
  const isLabel = tf.equal(tf.expandDims(labels, 1), tf.range(0, classes, 1, 'int32')); // [rows, classes]
  const chosen = tf.sum(tf.where(isLabel, shifted, tf.zerosLike(shifted)), -1); // [rows]; the others may be −∞
  return meanCounted(tf.sub(logPartition, chosen), counted);
};

/**
 * The one-hot matrix is never built: the labels' logits are gathered, and their weights scattered back. With p the softmax, the log of the
 * partition function is max(x) − log max(p), so that no logarithm of a small probability is taken.
 */
const fused: Loss = (logits, labels, counted) => {
  const [rows] = logits.shape;
  const column = tf.reshape(labels, [rows, 1]);
  const weights = counted ? tf.div(counted, tf.sum(counted)) : tf.fill([rows], 1 / rows); // [rows]
  return customGradient([logits], (logits) => {
    const probabilities = tf.softmax(logits as tf.Tensor2D);
    const logPartition = tf.sub(tf.max(logits!, -1), tf.log(tf.max(probabilities, -1))); // [rows]
    const [chosen] = onnxNode('GatherElements', [logits!, column], { axis: 1 }, [{ shape: [rows, 1] }]);
    const value = tf.sum(tf.mul(tf.sub(logPartition, tf.reshape(chosen!, [rows])), weights));
    const gradients = (
      dy: tf.Tensor,
      [probabilities, column, weights]: readonly tf.Tensor[],
    ): tf.Tensor[] => {
      const scale = tf.reshape(tf.mul(weights!, dy), [rows, 1]);
      const [gradient] = onnxNode(
        'ScatterElements',
        [tf.mul(probabilities!, scale), column!, tf.neg(scale)],
        { axis: 1, reduction: 'add' },
        [{ shape: probabilities!.shape }],
      );
      return [gradient!];
    };
    return { value, saved: [probabilities, column, weights], gradients };
  }) as tf.Scalar;
};

function meanCounted(losses: tf.Tensor, counted: tf.Tensor | undefined): tf.Scalar {
  if (!counted) return tf.mean(losses);
  return tf.div(tf.sum(tf.mul(losses, counted)), tf.sum(counted)) as tf.Scalar;
}
