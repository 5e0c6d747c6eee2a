import * as tf from '@tensorflow/tfjs-core';
import type { Attributes } from '../graph/graph.ts';
import type { OutputSpec } from '../graph/graph-builder.ts';

/** The kernel through which an op records an ONNX operator that tfjs does not have. */
export const ONNX_NODE = 'WordloomOnnxNode';

/** Attributes of the {@link ONNX_NODE} kernel. */
export interface OnnxNodeAttributes {
  readonly operator: string;
  readonly attributes: Attributes;
  readonly outputs: readonly OutputSpec[];
}

/**
 * Records an ONNX operator while tracing. It has no gradient of its own: use it inside `tf.customGrad`.
 *
 * @returns one tensor for each of `outputs`
 */
export function onnxNode(
  operator: string,
  inputs: readonly tf.Tensor[],
  attributes: Attributes,
  outputs: readonly OutputSpec[],
): tf.Tensor[] {
  const result = tf
    .engine()
    .runKernel(ONNX_NODE, Object.fromEntries(inputs.map((input, index) => [index, input])), {
      operator,
      attributes,
      outputs,
    } as unknown as tf.NamedAttrMap);
  return Array.isArray(result) ? result : [result as tf.Tensor];
}
