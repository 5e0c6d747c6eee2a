import { type Graph, mapBodies, type Node, type Value } from '../graph/graph.ts';
import type { Pass } from './rewrite.ts';

/**
 * A control-flow node without the results that nobody uses, and without the inputs that only those needed.
 *
 * @param used values that are used after the node
 * @param removeDeadNodes applied to the bodies
 */
export function pruneControl(node: Node, used: ReadonlySet<Value>, removeDeadNodes: Pass): Node {
  return node.operator === 'Scan'
    ? pruneScan(node, used, removeDeadNodes)
    : pruneIf(node, used, removeDeadNodes);
}

function pruneIf(node: Node, used: ReadonlySet<Value>, removeDeadNodes: Pass): Node {
  const keptOutputs = node.outputs.map((output) => used.has(output));
  const control = mapBodies(node.control!, (body) => removeDeadNodes(withOutputs(body, keptOutputs)));
  const bodies = Object.values(control.bodies);
  const captured = node.inputs.slice(1).map((_, index) => bodies.some((body) => usesInput(body, index)));
  return {
    ...node,
    inputs: [node.inputs[0], ...kept(node.inputs.slice(1), captured)],
    outputs: kept(node.outputs, keptOutputs),
    control: {
      ...mapBodies(control, (body) => ({ ...body, inputs: kept(body.inputs, captured) })),
      captureCount: captured.filter(Boolean).length,
    },
  };
}

/** A state stays if its last value is used, or if a step uses it for something that stays. */
function pruneScan(node: Node, used: ReadonlySet<Value>, removeDeadNodes: Pass): Node {
  const { stateCount, scanInputCount } = scanLayout(node);
  const body = node.control!.bodies.body!;
  const keptOutputs = node.outputs.map((output) => used.has(output));
  let pruned = removeDeadNodes(withOutputs(body, keptOutputs));
  for (;;) {
    const revived = keptOutputs.flatMap((keeps, index) =>
      index < stateCount && !keeps && usesInput(pruned, index) ? [index] : [],
    );
    if (revived.length === 0) break;
    for (const index of revived) keptOutputs[index] = true;
    pruned = removeDeadNodes(withOutputs(body, keptOutputs));
  }
  const keptInputs = body.inputs.map((_, index) =>
    index < stateCount ? keptOutputs[index]! : usesInput(pruned, index),
  );
  // ONNX wants at least one input to scan over: it says how long the loop is.
  const scanRange = keptInputs.slice(stateCount, stateCount + scanInputCount);
  if (!scanRange.includes(true)) keptInputs[stateCount] = scanRange[0] = true;
  const { scan_input_directions, scan_output_directions } = node.attributes as unknown as ScanAttributes;
  return {
    ...node,
    inputs: kept(node.inputs, keptInputs),
    outputs: kept(node.outputs, keptOutputs),
    attributes: {
      num_scan_inputs: scanRange.filter(Boolean).length,
      scan_input_directions: kept(scan_input_directions, scanRange),
      scan_output_directions: kept(scan_output_directions, keptOutputs.slice(stateCount)),
    },
    control: {
      bodies: { body: { ...pruned, inputs: kept(pruned.inputs, keptInputs) } },
      captureCount: keptInputs.slice(stateCount + scanInputCount).filter(Boolean).length,
    },
  };
}

/** Attributes of ONNX's `Scan`: direction 1 goes from the last step to the first. */
export interface ScanAttributes {
  readonly num_scan_inputs: number;
  readonly scan_input_directions: readonly number[];
  readonly scan_output_directions: readonly number[];
}

/** How the inputs of a `Scan` node divide: states, inputs to scan over, captures. Its outputs: states, scanned outputs. */
export function scanLayout(node: Node): {
  readonly stateCount: number;
  readonly scanInputCount: number;
  readonly captureCount: number;
} {
  const { captureCount } = node.control!;
  const scanInputCount = node.attributes.num_scan_inputs as number;
  return { stateCount: node.inputs.length - captureCount - scanInputCount, scanInputCount, captureCount };
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
