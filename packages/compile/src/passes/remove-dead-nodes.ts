import type { Graph, Node, Value } from '../graph/graph.ts';
import { pruneControl } from './prune-control.ts';
import type { Pass } from './rewrite.ts';

/** Removes nodes whose results nobody uses, and from bodies what nobody uses of their results. */
export const removeDeadNodes: Pass = (graph) => {
  const used = new Set<Value>(graph.outputs.values());
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    const kept = node.control ? pruneControl(node, used, removeDeadNodes) : node;
    nodes.push(kept);
    for (const input of kept.inputs) if (input) used.add(input);
  }
  return { ...graph, randomInputs: usedRandomInputs(graph, used), nodes: nodes.reverse() };
};

function usedRandomInputs({ randomInputs }: Graph, used: ReadonlySet<Value>): Graph['randomInputs'] {
  return randomInputs.filter(({ value }) => used.has(value));
}
