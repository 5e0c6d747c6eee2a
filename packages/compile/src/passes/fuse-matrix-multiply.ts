import { type Node, producer, uniformValue, type Value } from '../graph/graph.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/** A product reads an operand transposed instead of a transposed copy of it being made. */
const absorbTransposes: Rule = (node, { builder }) => {
  if (node.operator !== 'FusedMatMul') return undefined;
  const [a, b] = node.inputs as [Value, Value];
  const [plainA, plainB] = [untransposed(a), untransposed(b)];
  if (!plainA && !plainB) return undefined;
  const { transA, transB, alpha } = node.attributes as MatMulAttributes;
  const attributes = { transA: plainA ? 1 - transA : transA, transB: plainB ? 1 - transB : transB, alpha };
  return [builder.node('FusedMatMul', [plainA ?? a, plainB ?? b], node.outputs[0]!, attributes)];
};

/** (A · B)ᵀ is Bᵀ · Aᵀ. */
const absorbTransposeOfResult: Rule = (node, { builder, useCount }) => {
  if (node.operator !== 'Transpose') return undefined;
  const product = producer(node.inputs[0], 'FusedMatMul');
  const [output] = node.outputs;
  if (!product || !swapsLastAxes(node) || useCount(node.inputs[0]!) > 1) return undefined;
  const [a, b] = product.inputs as [Value, Value];
  const { transA, transB, alpha } = product.attributes as MatMulAttributes;
  const attributes = { transA: 1 - transB, transB: 1 - transA, alpha };
  return [builder.node('FusedMatMul', [b, a], output!, attributes)];
};

/** (A · B) c and (A c) · B are a product with the factor c. */
const absorbScaleOfResult: Rule = (node, { builder, useCount }) => {
  const scaled = scaleOf(node);
  const product = producer(scaled?.x, 'FusedMatMul');
  if (!scaled || !product || useCount(scaled.x) > 1) return undefined;
  const { alpha } = product.attributes as MatMulAttributes;
  return [
    builder.node('FusedMatMul', product.inputs, node.outputs[0]!, {
      ...product.attributes,
      alpha: alpha * scaled.factor,
    }),
  ];
};

type MatMulAttributes = { readonly transA: number; readonly transB: number; readonly alpha: number };

/** x, if the value is x with its last two axes swapped. */
function untransposed(value: Value): Value | undefined {
  const transpose = producer(value, 'Transpose');
  return transpose && swapsLastAxes(transpose) ? transpose.inputs[0] : undefined;
}

function swapsLastAxes({ attributes }: Node): boolean {
  const permutation = attributes.perm as readonly number[];
  const rank = permutation.length;
  return permutation.every(
    (axis, index) => axis === (index === rank - 1 ? rank - 2 : index === rank - 2 ? rank - 1 : index),
  );
}

function scaleOf({ operator, inputs, outputs }: Node): { x: Value; factor: number } | undefined {
  if (operator !== 'Mul' || outputs[0]!.dtype !== 'float32') return undefined;
  const [a, b] = inputs as [Value, Value];
  const factor = uniformValue(b) ?? uniformValue(a);
  const x = uniformValue(b) === undefined ? b : a;
  return factor !== undefined && x.shape.length === outputs[0]!.shape.length ? { x, factor } : undefined;
}

/** Takes transpositions and factors into the matrix product that meets them. */
export const fuseMatrixMultiply: Pass = rewrite(
  absorbTransposes,
  absorbTransposeOfResult,
  absorbScaleOfResult,
);
