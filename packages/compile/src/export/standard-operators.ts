import type { Graph, Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { type Pass, type Rule, rewrite } from '../passes/rewrite.ts';

/** x · σ(αx) */
const composeQuickGelu: Rule = ({ operator, inputs, attributes, outputs }, { builder }) => {
  if (operator !== 'QuickGelu') return undefined;
  const [x] = inputs as [Value];
  const { alpha } = attributes as { alpha: number };
  const scaled = alpha === 1 ? x : builder.node('Mul', [x, builder.uniform(alpha)], x);
  return [builder.node('Mul', [x, builder.node('Sigmoid', [scaled], x)], outputs[0]!)];
};

/** x / √(mean(x²) + ε) · weight over the last axis: ONNX has it from opset 23 on. */
const composeRootMeanSquareNorm: Rule = ({ operator, inputs, attributes, outputs }, { builder }) => {
  if (operator !== 'SimplifiedLayerNormalization') return undefined;
  const [x, weight] = inputs as [Value, Value];
  const { epsilon } = attributes as { epsilon: number };
  const statistics = { shape: x.shape.with(-1, 1) };
  const square = builder.node('Mul', [x, x], x);
  const mean = builder.node('ReduceMean', [square, builder.integers([-1])], statistics, { keepdims: 1 });
  const shifted = builder.node('Add', [mean, builder.uniform(epsilon)], statistics);
  const normalized = builder.node('Div', [x, builder.node('Sqrt', [shifted], statistics)], x);
  return [builder.node('Mul', [normalized, weight], outputs[0]!)];
};

/** (A or Aᵀ)(B or Bᵀ) · α, batched. */
const composeMatMul: Rule = ({ operator, inputs, attributes, outputs }, { builder }) => {
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

/** Writes what only ONNX Runtime has in operators of the ONNX standard; to be run last. */
export const useStandardOperators: Pass = rewrite(composeQuickGelu, composeRootMeanSquareNorm, composeMatMul);

const dropBarrier: Rule = ({ operator, inputs }) => (operator === 'Barrier' ? [inputs[0]!] : undefined);

/** Takes away what only says when something is to be computed. */
export const dropBarriers: Pass = rewrite(dropBarrier);

/** The first operator of a graph, or of a body in it, that is one of the named. */
export function findOperator(graph: Graph, operators: ReadonlySet<string>): string | undefined {
  for (const { operator, control } of graph.nodes) {
    if (operators.has(operator)) return operator;
    for (const body of Object.values(control?.bodies ?? {})) {
      const found = findOperator(body, operators);
      if (found) return found;
    }
  }
  return undefined;
}
