import type { Graph, Node, Value } from '../graph/graph.ts';
import type { Pass } from './rewrite.ts';

/**
 * Puts the nodes whose results leave the program last, in reverse.
 *
 * ONNX Runtime orders nodes by a depth-first search that starts at the last node nothing depends on. In a training step that must be the
 * loss, then the gradients from the last layer to the first: each layer's activations are free once its gradients are done. In the
 * order in which a program computes them, the search would go to the first layer's gradients first, and keep everything.
 */
export const orderResults: Pass = (graph) => {
  const used = usedValues(graph);
  const isResult = ({ outputs }: Node): boolean => !outputs.some((output) => used.has(output));
  const results = graph.nodes.filter(isResult);
  return { ...graph, nodes: [...graph.nodes.filter((node) => !isResult(node)), ...results.reverse()] };
};

function usedValues({ nodes }: Graph): Set<Value | undefined> {
  return new Set(nodes.flatMap(({ inputs }) => inputs));
}
