import type { ConstantArray, Graph, GraphDType, Node, Value } from '../graph/graph.ts';
import { sizeOf } from '../tensor-data.ts';
import type { MemoryReport } from './explanation.ts';
import { visitNodes } from './operators-of.ts';

/** Bytes of an element, where they are not four. */
const ELEMENT_BYTES: Partial<Record<GraphDType, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  float16: 2,
  int64: 8,
};

/** Operators whose result is their first input's memory. */
const VIEWS = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);

/** What a run of a graph needs, from its shapes. */
export function memoryOf(graph: Graph): MemoryReport {
  const constants = new Map<ConstantArray, Value>(); // a weight that is passed stands in several values
  visitNodes(graph, ({ inputs }) => {
    for (const value of inputs)
      if (value?.source.kind === 'constant') constants.set(value.source.data, value);
  });
  return {
    inputs: sum(graph.inputs),
    outputs: sum(graph.outputs.values()),
    random: sum(graph.randomInputs.map(({ value }) => value)),
    constants: sum(constants.values()),
    peakIntermediate: peakIntermediate(graph),
  };
}

/** The most that results of nodes hold at one time, from the node that makes each to the last that reads it. */
function peakIntermediate(graph: Graph): number {
  const results = new Set(graph.outputs.values());
  const storage = new Map<Value, Value>(); // of views
  const stored = (value: Value): Value => storage.get(value) ?? value;
  const lastReader = new Map<Value, Node>();
  for (const node of graph.nodes) {
    const [first] = node.inputs;
    if (VIEWS.has(node.operator) && first) storage.set(node.outputs[0]!, stored(first));
    for (const value of node.inputs) if (value) lastReader.set(stored(value), node);
  }

  let held = 0;
  let peak = 0;
  const alive = new Set<Value>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      if (storage.has(output) || results.has(output)) continue; // results lie in arrays of the host
      alive.add(output);
      held += bytesOf(output);
    }
    const inside = Object.values(node.control?.bodies ?? {}).map(peakIntermediate);
    peak = Math.max(peak, held + Math.max(0, ...inside));
    for (const value of [...node.inputs, ...node.outputs]) {
      if (!value) continue;
      const owner = stored(value);
      const isFree = !lastReader.has(owner) || lastReader.get(owner) === node;
      if (isFree && alive.delete(owner)) held -= bytesOf(owner);
    }
  }
  return peak;
}

function sum(values: Iterable<Value>): number {
  return [...values].reduce((total, value) => total + bytesOf(value), 0);
}

function bytesOf({ dtype, shape }: Value): number {
  return sizeOf(shape) * (ELEMENT_BYTES[dtype] ?? 4);
}
