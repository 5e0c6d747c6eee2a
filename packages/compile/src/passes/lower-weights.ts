import { type Node, producer, type Value } from '../graph/graph.ts';
import {
  type ConstantMaker,
  constantMaker,
  expandedWeight,
  packedProduct,
  readExpansion,
  type WeightExpansion,
} from '../quantization/weight-expansion.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/**
 * Up to so many rows, ONNX Runtime multiplies faster by packed integers than it expands them. It must have a copy of them for that, so
 * products of many rows, as in training, leave them where they are.
 */
const FEW_ROWS = 64;

/** The product of few rows with an int4 weight, or with an int8 weight if it may round the rows. */
const multiplyPacked =
  (constant: ConstantMaker): Rule =>
  (node, { builder }) => {
    const expansion = storedFactor(node);
    const [x] = node.inputs as [Value];
    if (!expansion || x.shape[0]! > FEW_ROWS) return undefined;
    const isFast = expansion.type === 'int4' || (expansion.type === 'int8' && expansion.roundActivations);
    return isFast ? [packedProduct(builder, x, expansion, constant)] : undefined;
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
export const expandWeights: Pass = rewrite(expand);

/** Writes products with quantized weights, and what is left of the weights' expansions, as ONNX operators. */
export const lowerWeights: Pass = (graph) => expandWeights(rewrite(multiplyPacked(constantMaker()))(graph));
