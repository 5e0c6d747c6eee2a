import * as tf from '@tensorflow/tfjs-core';

/** So that a word that can neither be written nor copied has a finite logarithm. */
const SMALLEST = 1e-12;

/** What a step of the decoder says about copying. */
export interface CopyChoice {
  /** `[..., batch, 1]`: how likely a word of the vocabulary is written rather than one of the source copied. */
  readonly generate: tf.Tensor;
  /** `[..., batch, source]`: which word of the source is copied, if one is. */
  readonly weights: tf.Tensor;
  /** int32 `[batch, source]`: the target's id of each word of the source; those from the vocabulary's size on are words that it lacks. */
  readonly copyIds: tf.Tensor;
}

/**
 * Logarithms of the probabilities of all words where some are copied: g softmax(logits) + (1 − g) (attention to the places where the word stands).
 *
 * @param logits `[..., batch, vocabSize]`
 * @param slots  words that the vocabulary lacks and that may be copied
 * @returns `[..., batch, vocabSize + slots]`
 * @see See et al. 2017, "Get to the point: summarization with pointer-generator networks", §2.2, equation 9
 */
export function logProbabilitiesWithCopies(
  logits: tf.Tensor,
  { generate, weights, copyIds }: CopyChoice,
  slots: number,
): tf.Tensor {
  const written = tf.mul(tf.softmax(logits), generate);
  const none = tf.zeros([...written.shape.slice(0, -1), slots]);
  const all = slots > 0 ? tf.concat([written, none], -1) : written;
  const copied = sumByWord(tf.mul(weights, tf.sub(1, generate)), copyIds, all.shape.at(-1)!);
  return tf.log(tf.add(tf.add(all, copied), SMALLEST));
}

/** `[..., batch, source]` by place → `[..., batch, wordCount]` by word. */
function sumByWord(weights: tf.Tensor, copyIds: tf.Tensor, wordCount: number): tf.Tensor {
  const [batch, length] = copyIds.shape as [number, number];
  const rows = weights.size / length;
  const shape = [...weights.shape.slice(0, -1), wordCount];
  if (!tf.getKernel('UnsortedSegmentSum', tf.getBackend())) {
    const places = tf.expandDims(copyIds, 2); // [B, S, 1]
    const isWord = tf.cast(tf.equal(places, tf.range(0, wordCount, 1, 'int32')), 'float32'); // [B, S, V]
    const byRow = tf.reshape(weights, [rows / batch, batch, 1, length]); // [T, B, 1, S]
    return tf.reshape(tf.matMul(byRow, tf.expandDims(isWord, 0)), shape);
  }
  const first = tf.reshape(tf.range(0, rows * wordCount, wordCount, 'int32'), [rows / batch, batch, 1]);
  const places = tf.reshape(tf.add(first, copyIds), [rows * length]) as tf.Tensor1D;
  return tf.reshape(
    tf.unsortedSegmentSum(tf.reshape(weights, [rows * length]), places, rows * wordCount),
    shape,
  );
}
