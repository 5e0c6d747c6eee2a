import * as tf from '@tensorflow/tfjs-core';
import {
  attention,
  cond,
  dropout,
  embeddingLookup,
  gelu,
  layerNorm,
  linear,
  type QuantizedTensor,
  type QuantizedType,
  quantize,
  quantizedEmbedding,
  quantizedLinear,
  remat,
  rmsNorm,
  scan,
  silu,
  softmaxCrossEntropy,
} from '../../src/index.ts';
import { type KernelSample, type SampleProgram, type SampleTensors, samplesOf } from './sample.ts';

function frozen(type: QuantizedType): QuantizedTensor {
  const values = Float32Array.from({ length: 64 }, (_, index) => Math.sin(index));
  return quantize(values, [4, 16], { type, blockSize: 16 });
}

function frozenProduct(x: tf.Tensor, type: QuantizedType): tf.Tensor {
  return quantizedLinear(tf.reshape(x, [3, 16]), frozen(type));
}

/** The value and its gradients. */
const differentiated =
  (names: readonly (keyof SampleTensors)[], op: (tensors: SampleTensors) => tf.Tensor): SampleProgram =>
  (tensors) => {
    const sources = names.map((name) => tensors[name]);
    const { value, grads } = tf.engine().gradients(() => op(tensors), sources, undefined, true);
    return [value, ...grads];
  };

/** The ops of this package, with their gradients. */
export const OP_SAMPLES: readonly KernelSample[] = samplesOf(['float32'], {
  attention: differentiated(['heads'], ({ heads }) => attention(heads, heads, heads, { causal: true })),
  cond: differentiated(
    ['x'],
    ({ x, flags }) =>
      cond(
        tf.any(flags),
        () => ({ y: tf.sin(x) }),
        () => ({ y: tf.mul(x, x) }),
      ).y,
  ),
  dropout: ({ x }) => dropout(x, 0.5),
  embeddingLookup: differentiated(['x'], ({ x, ids }) => embeddingLookup(x, ids)),
  gelu: differentiated(['x'], ({ x }) => gelu(x)),
  'gelu, tanh': differentiated(['x'], ({ x }) => gelu(x, 'tanh')),
  layerNorm: differentiated(['x', 'row'], ({ x, row }) => layerNorm(x, row, row)),
  linear: differentiated(['x', 'square', 'row'], ({ x, square, row }) => linear(x, square, row)),
  'quantizedEmbedding, float16': ({ first }) => quantizedEmbedding(frozen('float16'), first),
  'quantizedEmbedding, int8': ({ first }) => quantizedEmbedding(frozen('int8'), first),
  'quantizedLinear, float16': differentiated(['cube'], ({ cube }) => frozenProduct(cube, 'float16')),
  'quantizedLinear, int8': differentiated(['cube'], ({ cube }) => frozenProduct(cube, 'int8')),
  'quantizedLinear, int4': differentiated(['cube'], ({ cube }) => frozenProduct(cube, 'int4')),
  remat: differentiated(['x'], ({ x }) => remat((x) => tf.sin(x), x)),
  rmsNorm: differentiated(['x', 'row'], ({ x, row }) => rmsNorm(x, row)),
  scan: differentiated(['x', 'row'], ({ x, row }) => {
    const step = ({ h }: { h: tf.Tensor }, { row }: { row: tf.Tensor }) => {
      const next = tf.tanh(tf.add(h, row));
      return { carry: { h: next }, outputs: { next } };
    };
    return scan(step, { carry: { h: row }, inputs: { row: x } }).outputs.next;
  }),
  silu: differentiated(['x'], ({ x }) => silu(x)),
  softmaxCrossEntropy: differentiated(['square'], ({ square, labels }) =>
    softmaxCrossEntropy(square, labels),
  ),
});
