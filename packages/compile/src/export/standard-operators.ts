import type { Graph, Value } from '../graph/graph.ts';
import { composeProduct } from '../passes/compose-matrix-multiply.ts';
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

/** Writes what only ONNX Runtime has in operators of the ONNX standard; to be run last. */
export const useStandardOperators: Pass = rewrite(
  composeQuickGelu,
  composeRootMeanSquareNorm,
  composeProduct,
);

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
