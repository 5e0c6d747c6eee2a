import type { Node, Value } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';

/**
 * Appends copies of nodes to another graph.
 *
 * @param names what stands for values of the old graph in the new one; the copies' outputs are added
 */
export function copyNodes(nodes: readonly Node[], builder: GraphBuilder, names: Map<Value, Value>): void {
  for (const node of nodes) {
    builder.site = node.site;
    const inputs = node.inputs.map((value) => value && (names.get(value) ?? value));
    const outputs = builder.nodes(node.operator, inputs, node.attributes, node.outputs, node.control);
    node.outputs.forEach((output, index) => {
      names.set(output, outputs[index]!);
    });
  }
}

/** Those of the nodes that the values depend on, in their order. */
export function nodesBehind(values: Iterable<Value | undefined>, nodes: readonly Node[]): Node[] {
  const needed = new Set(values);
  const found: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    found.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  return found.reverse();
}
