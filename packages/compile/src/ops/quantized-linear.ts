import * as tf from '@tensorflow/tfjs-core';
import { dequantize, type QuantizedTensor } from '../quantization/quantized-tensor.ts';
import { EXPAND_WEIGHT, type WeightAttributes } from '../quantization/weight-kernels.ts';
import { ShapeError } from '../tensor-data.ts';
import { isTracing } from '../trace/trace-backend.ts';
import { customGradient } from './custom-gradient.ts';

/** Options of {@link quantizedLinear}. */
export interface QuantizedLinearOptions {
  /**
   * Whether compiled products of few rows, as in generation, may round x to 8 bits block by block, as llama.cpp does: about three times as fast
   * on a CPU with int8 instructions. Default false: the product is that with the dequantized weight.
   */
  readonly roundActivations?: boolean;
}

/**
 * Affine map of the last axis with a frozen weight in few bits: x Ŵᵀ + b, with Ŵ the dequantized weight.
 *
 * Compiled, the weight stays in its small form and is expanded while it is used, once in the forward and once in the backward pass.
 * Eager, it is dequantized at each call.
 *
 * @param x      `[..., in]`; has a gradient, and so has the bias; the weight has none
 * @param weight `[out, in]`
 * @param bias   `[out]`; default none
 * @returns `[..., out]`
 * @throws {ShapeError} if the sizes do not match
 * @see Dettmers et al. 2023, "QLoRA", §3
 */
export function quantizedLinear(
  x: tf.Tensor,
  weight: QuantizedTensor,
  bias?: tf.Tensor,
  { roundActivations = false }: QuantizedLinearOptions = {},
): tf.Tensor {
  const [outputSize, inputSize] = weight.shape as [number, number];
  if (weight.shape.length !== 2 || x.shape.at(-1) !== inputSize || (bias && bias.size !== outputSize)) {
    throw new ShapeError(
      `quantizedLinear: x, weight and bias must be [..., in], [out, in] and [out], got [${x.shape}], [${weight.shape}] and ${bias ? `[${bias.shape}]` : 'none'}.`,
    );
  }
  return tf.tidy(() => {
    const rows = tf.reshape(x, [x.size / inputSize, inputSize]); // [..., in] -> [rows, in]
    const attributes = { weight, roundActivations };
    const product = customGradient([rows], (rows) => ({
      value: tf.matMul(rows as tf.Tensor2D, expanded(attributes, rows!), false, true), // [rows, out]
      saved: [],
      gradients: (dy) => [tf.matMul(dy as tf.Tensor2D, expanded(attributes, dy))],
    }));
    const result = bias ? tf.add(product, bias) : product;
    return tf.reshape(result, [...x.shape.slice(0, -1), outputSize]);
  });
}

/** The dequantized weight; compiled, not before the trigger is there, so that no two are there at once. */
function expanded(attributes: WeightAttributes, trigger: tf.Tensor): tf.Tensor2D {
  const { weight } = attributes;
  if (!isTracing()) return tf.tensor2d(dequantize(weight), weight.shape as [number, number]);
  return tf
    .engine()
    .runKernel(EXPAND_WEIGHT, { trigger }, attributes as unknown as tf.NamedAttrMap) as tf.Tensor2D;
}
