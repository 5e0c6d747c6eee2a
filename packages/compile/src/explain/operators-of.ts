import type { Graph, Node, Value } from '../graph/graph.ts';
import { readScan } from '../graph/scan-loop.ts';
import type { ExecutionProvider } from '../runtime/runtime.ts';
import { WEBGPU_FALLBACKS } from '../runtime/webgpu-fallbacks.ts';
import type { OperatorReport, ValueShape } from './explanation.ts';
import { operatorSignature } from './operator-signature.ts';
import { productOperations } from './product-operations.ts';

/** Calls `visit` with every node, those of bodies included, and how often a run executes it. */
export function visitNodes(
  graph: Graph,
  visit: (node: Node, repetitions: number) => void,
  repetitions = 1,
): void {
  for (const node of graph.nodes) {
    visit(node, repetitions);
    const steps = node.operator === 'Scan' ? readScan(node).length : 1;
    for (const body of Object.values(node.control?.bodies ?? {}))
      visitNodes(body, visit, repetitions * steps);
  }
}

/** The operators of a graph, those that are alike taken together, the costliest products first. */
export function operatorsOf(graph: Graph, provider?: ExecutionProvider): OperatorReport[] {
  const groups = new Map<string, OperatorReport>();
  visitNodes(graph, (node, repetitions) => {
    const shapes = {
      operator: node.operator,
      inputs: node.inputs.flatMap((value) => (value ? [shapeOf(value)] : [])),
      outputs: node.outputs.map(shapeOf),
    };
    const key = JSON.stringify([shapes, repetitions]);
    const known = groups.get(key);
    const count = (known?.count ?? 0) + 1;
    const floatingPointOperations = productOperations(shapes) * repetitions * count;
    const fallsBack = provider === 'webgpu' && WEBGPU_FALLBACKS.has(operatorSignature(shapes));
    groups.set(key, { ...shapes, count, repetitions, floatingPointOperations, fallsBack });
  });
  return [...groups.values()].sort(
    (a, b) => b.floatingPointOperations - a.floatingPointOperations || b.count - a.count,
  );
}

function shapeOf({ dtype, shape }: Value): ValueShape {
  return { dtype, shape };
}
