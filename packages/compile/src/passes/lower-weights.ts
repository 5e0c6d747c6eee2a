import { type Node, producer, type Value } from '../graph/graph.ts';
import {
  type ConstantMaker,
  constantMaker,
  expandedWeight,
  packedProduct,
  packedProductOfHalves,
  readExpansion,
  type WeightExpansion,
} from '../quantization/weight-expansion.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/**
 * Up to so many rows, ONNX Runtime multiplies faster by packed integers than it expands them. It must have a copy of them for that, so
 * products of many rows, as in training, leave them where they are.
 */
const FEW_ROWS = 64;
/** Of int8 weights whose halves are multiplied one after the other. */
const FEW_ROWS_OF_HALVES = 32;

/** The product of few rows with an integer weight. */
const multiplyPacked =
  (constant: ConstantMaker): Rule =>
  (node, { builder }) => {
    const expansion = storedFactor(node);
    if (!expansion || expansion.type === 'float16') return undefined;
    // The fast kernels are for int4, and for int8 with rows rounded to 8 bits.
    const hasKernel = expansion.type === 'int4' || expansion.roundActivations;
    const [limit, multiply] = hasKernel
      ? [FEW_ROWS, packedProduct]
      : [FEW_ROWS_OF_HALVES, packedProductOfHalves];
    const [x] = node.inputs as [Value];
    return x.shape[0]! <= limit ? [multiply(builder, x, expansion, constant)] : undefined;
  };

/** W in x Wᵀ, if x is a matrix and W a weight in a constant. */
export function storedFactor({ operator, inputs, attributes }: Node): WeightExpansion | undefined {
  const [x, weight] = inputs as [Value, Value];
  const node = operator === 'FusedMatMul' ? producer(weight, 'ExpandWeight') : undefined;
  const { transA, transB, alpha } = attributes;
  if (!node || x.shape.length !== 2 || transA !== 0 || transB !== 1 || alpha !== 1) return undefined;
  const expansion = readExpansion(node);
  return expansion.data.source.kind === 'constant' ? expansion : undefined;
}

const expand: Rule = (node, { builder }) =>
  node.operator === 'ExpandWeight' ? [expandedWeight(builder, readExpansion(node))] : undefined;

/** Writes out the expansions of all quantized weights. */
const expandWeights: Pass = rewrite(expand);

/**
 * Writes products with quantized weights, and what is left of the weights' expansions, as ONNX operators.
 *
 * @param packed whether products of few rows are to use packed integers
 */
export function lowerWeights(packed: boolean): Pass {
  if (!packed) return expandWeights;
  return (graph) => expandWeights(rewrite(multiplyPacked(constantMaker()))(graph));
}
