import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { type Pass, type Rule, rewrite } from './rewrite.ts';

/** (A or Aᵀ)(B or Bᵀ) · α, batched. */
export const composeProduct: Rule = ({ operator, inputs, attributes, outputs }, { builder }) => {
  if (operator !== 'FusedMatMul') return undefined;
  const [a, b] = inputs as [Value, Value];
  const { transA, transB, alpha } = attributes as { transA: number; transB: number; alpha: number };
  const operands = [transA ? transposed(builder, a) : a, transB ? transposed(builder, b) : b];
  const product = builder.node('MatMul', operands, outputs[0]!);
  return [alpha === 1 ? product : builder.node('Mul', [product, builder.uniform(alpha)], product)];
};

function transposed(builder: GraphBuilder, x: Value): Value {
  const perm = x.shape.map((_, axis) => axis);
  [perm[perm.length - 1], perm[perm.length - 2]] = [perm.at(-2)!, perm.at(-1)!];
  return builder.node('Transpose', [x], { shape: perm.map((axis) => x.shape[axis]!) }, { perm });
}

/** Writes batched products of transposed or scaled operands as ONNX's own operators, for providers that have no `FusedMatMul`. */
export const composeMatrixMultiply: Pass = rewrite(composeProduct);
