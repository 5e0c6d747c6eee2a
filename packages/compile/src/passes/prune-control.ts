import { type Graph, mapBodies, type Node, type Value } from '../graph/graph.ts';
import { readScan, scanNode } from '../graph/scan-loop.ts';
import type { Pass } from './rewrite.ts';

/**
 * A control-flow node without the results that nobody uses, and without the inputs that only those needed.
 *
 * @param used values that are used after the node
 * @param removeDeadNodes applied to the bodies
 */
export function pruneControl(node: Node, used: ReadonlySet<Value>, removeDeadNodes: Pass): Node {
  const prune = node.operator === 'Scan' ? pruneScan : pruneIf;
  return prune(node, used, removeDeadNodes);
}

function pruneIf(node: Node, used: ReadonlySet<Value>, removeDeadNodes: Pass): Node {
  const keep = node.outputs.map((output) => used.has(output));
  const control = mapBodies(node.control!, (body) => removeDeadNodes(withOutputs(body, keep)));
  const bodies = Object.values(control.bodies);
  const [condition, ...captures] = node.inputs;
  const captured = captures.map((_, index) => bodies.some((body) => usesInput(body, index)));
  return {
    ...node,
    inputs: [condition, ...kept(captures, captured)],
    outputs: kept(node.outputs, keep),
    control: {
      ...mapBodies(control, (body) => ({ ...body, inputs: kept(body.inputs, captured) })),
      captureCount: captured.filter(Boolean).length,
    },
  };
}

/** A state stays if its last value is used, or if a step uses it for something that stays. */
function pruneScan(node: Node, used: ReadonlySet<Value>, removeDeadNodes: Pass): Node {
  const { loop, length } = readScan(node);
  const { states, rows, captures, outputs } = loop;
  const body = node.control!.bodies.body!;
  const keep = node.outputs.map((output) => used.has(output));
  let pruned = removeDeadNodes(withOutputs(body, keep));
  for (;;) {
    const revived = states.findIndex((_, index) => !keep[index] && usesInput(pruned, index));
    if (revived < 0) break;
    keep[revived] = true;
    pruned = removeDeadNodes(withOutputs(body, keep));
  }
  const usesRow = (_: unknown, index: number): boolean => usesInput(pruned, states.length + index);
  const usesCapture = (_: unknown, index: number): boolean =>
    usesInput(pruned, states.length + rows.length + index);
  const smaller = scanNode(length, {
    ...loop,
    states: kept(states, keep),
    rows: rows.filter(usesRow),
    captures: captures.filter(usesCapture),
    nodes: pruned.nodes,
    outputs: kept(outputs, keep.slice(states.length)),
  });
  return { ...node, ...smaller, outputs: kept(node.outputs, keep) };
}

function withOutputs(body: Graph, keep: readonly boolean[]): Graph {
  return { ...body, outputs: new Map(kept([...body.outputs], keep)) };
}

function usesInput({ inputs, nodes, outputs }: Graph, index: number): boolean {
  const input = inputs[index]!;
  return nodes.some((node) => node.inputs.includes(input)) || [...outputs.values()].includes(input);
}

function kept<T>(items: readonly T[], keep: readonly boolean[]): T[] {
  return items.filter((_, index) => keep[index]);
}
