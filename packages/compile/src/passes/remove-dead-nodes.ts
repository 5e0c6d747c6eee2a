import type { Node, Value } from '../graph/graph.ts';
import type { Pass } from './rewrite.ts';

/** Removes nodes whose results nobody uses. */
export const removeDeadNodes: Pass = (graph) => {
  const used = new Set<Value>(graph.outputs.values());
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    nodes.push(node);
    for (const input of node.inputs) if (input) used.add(input);
  }
  const randomInputs = graph.randomInputs.filter(({ value }) => used.has(value));
  return { ...graph, randomInputs, nodes: nodes.reverse() };
};
