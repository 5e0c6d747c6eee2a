import { producer, type Value } from '../graph/graph.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/** A product of two matrices is `Gemm`; a plain batched product is `MatMul`. */
const chooseOperator: Rule = ({ operator, inputs, attributes, outputs }, { builder }) => {
  if (operator !== 'FusedMatMul') return undefined;
  const output = outputs[0]!;
  if (inputs.every((value) => value!.shape.length === 2))
    return [builder.node('Gemm', inputs, output, attributes)];
  const plain = attributes.transA === 0 && attributes.transB === 0 && attributes.alpha === 1;
  return plain ? [builder.node('MatMul', inputs, output)] : undefined;
};

/** A · B + c with c a row is one `Gemm`. */
const absorbBias: Rule = ({ operator, inputs, outputs }, { builder, useCount }) => {
  if (operator !== 'Add') return undefined;
  const [a, b] = inputs as [Value, Value];
  const [product, bias] = producer(a, 'Gemm') ? [a, b] : [b, a];
  const gemm = producer(product, 'Gemm');
  if (!gemm || gemm.inputs.length === 3 || useCount(product) > 1) return undefined;
  const columns = product.shape[1]!;
  const isRow = bias.shape.at(-1) === columns && bias.shape.slice(0, -1).every((size) => size === 1);
  if (!isRow || bias.shape.length > 2) return undefined;
  return [builder.node('Gemm', [...gemm.inputs, bias], outputs[0]!, gemm.attributes)];
};

const chooseOperators: Pass = rewrite(chooseOperator);
const absorbBiases: Pass = rewrite(absorbBias);

/** Chooses the ONNX operator for each matrix product; to be run after {@link fuseMatrixMultiply}. */
export const lowerMatrixMultiply: Pass = (graph) => absorbBiases(chooseOperators(graph));
