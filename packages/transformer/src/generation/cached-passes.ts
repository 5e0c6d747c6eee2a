import * as tf from '@tensorflow/tfjs-core';
import { attention } from '@wordloom/compile';
import type { Gpt } from '../gpt/gpt.ts';

type Tensors = Record<string, tf.Tensor>;

/**
 * The pass over a prompt, which fills the cache.
 *
 * @param inputs `ids` int32 `[1, time]`, which may end in padding, and `last` int32 `[1]`: the index of the last token
 * @returns `logits` `[1, 1, vocabSize]` of the token after `last`; `k.0`, `v.0`, … `[1, headCount, time, size]`
 */
export function promptPass(model: Gpt, { ids, last }: Tensors): Tensors {
  const cache: Tensors = {};
  const hidden = model.transform(model.embed(ids!), (layer) => (q, k, v) => {
    cache[`k.${layer}`] = k;
    cache[`v.${layer}`] = v;
    return attention(q, k, v, { causal: true }); // padding stands after the prompt, where no token of the prompt looks
  });
  return { logits: model.score(tf.gather(hidden, last as tf.Tensor1D, 1)), ...cache };
}

/**
 * The pass over one more token, which reads the cache.
 *
 * Scores against the cache and against the token itself are computed apart, so that the cache is never copied.
 *
 * @param inputs `id` int32 `[1, 1]`, `position` int32 `[1, 1]` and the cache's tensors
 * @returns `logits` `[1, 1, vocabSize]`; `rows` `[2 · layerCount, headCount, 1, size]`, what the cache must add
 */
export function tokenPass(model: Gpt, inputs: Tensors): Tensors {
  const { id, position, mask } = inputs;
  const rows: tf.Tensor[] = [];
  const embedded = tf.add(model.tokenEmbedding.forward(id!), model.positionEmbedding.forward(position!)); // [1, 1, C]
  const hidden = model.transform(embedded, (layer) => (q, k, v) => {
    rows.push(k, v);
    const { [`k.${layer}`]: keys, [`v.${layer}`]: values } = inputs;
    const scale = 1 / Math.sqrt(q.shape.at(-1)!);
    const scaled = tf.mul(q, scale); // [1, H, 1, D]
    const before = tf.add(tf.matMul(scaled, keys!, false, true), mask!); // [1, H, 1, P]
    const own = tf.sum(tf.mul(scaled, k), -1, true); // [1, H, 1, 1]
    const probabilities = tf.softmax(tf.concat([before, own], -1)); // [1, H, 1, P + 1]
    const [past, self] = tf.split(probabilities, [mask!.size, 1], -1) as [tf.Tensor, tf.Tensor];
    return tf.add(tf.matMul(past, values!), tf.mul(self, v)); // [1, H, 1, D]
  });
  return { logits: model.score(hidden), rows: tf.concat(rows, 0) };
}
