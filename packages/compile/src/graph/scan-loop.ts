import type { Graph, Node, Value } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** A loop as ONNX's `Scan` has it. All rows are read, and all outputs written, in one direction. */
export interface ScanLoop {
  /** What each step hands on to the next: its first value, its name in the body, and the body's value for the next step. */
  readonly states: readonly { readonly first: Value; readonly state: Value; readonly next: Value }[];
  /** What each step reads a row of: `[length, ...]`, and the row's name in the body. */
  readonly rows: readonly { readonly all: Value; readonly row: Value }[];
  /** Values around the loop, and their names in the body. */
  readonly captures: readonly { readonly outer: Value; readonly inner: Value }[];
  /** The body. */
  readonly nodes: readonly Node[];
  /** Values of the body of which every step adds a row to an output. */
  readonly outputs: readonly Value[];
  /** Whether it goes from the last row to the first. */
  readonly reverse: boolean;
}

/** A placeholder for what a body is given. */
export function placeholder(name: string, { dtype, shape }: Pick<Value, 'dtype' | 'shape'>): Value {
  return { dtype, shape: [...shape], source: { kind: 'input', name } };
}

/**
 * Appends a `Scan`.
 *
 * @returns the last states, then the outputs `[length, ...]`
 */
export function appendScan(builder: GraphBuilder, length: number, loop: ScanLoop): readonly Value[] {
  const { inputs, attributes, control } = scanNode(length, loop);
  const states = loop.states.map(({ next }) => next);
  const outputs = loop.outputs.map(({ dtype, shape }) => ({ dtype, shape: [length, ...shape] }));
  return builder.nodes('Scan', inputs, attributes, [...states, ...outputs], control);
}

/** A loop as inputs, attributes and body of a `Scan`. */
export function scanNode(
  length: number,
  loop: ScanLoop,
): Required<Pick<Node, 'inputs' | 'attributes' | 'control'>> {
  const { states, captures, nodes, outputs, reverse } = loop;
  const rows = loop.rows.length > 0 ? loop.rows : [clock(length)];
  const direction = reverse ? 1 : 0;
  const results = [...states.map(({ next }) => next), ...outputs];
  const body: Graph = {
    inputs: [
      ...states.map(({ state }) => state),
      ...rows.map(({ row }) => row),
      ...captures.map(({ inner }) => inner),
    ],
    randomInputs: [],
    nodes,
    outputs: new Map(results.map((value, index) => [`${index}`, value])),
  };
  return {
    inputs: [
      ...states.map(({ first }) => first),
      ...rows.map(({ all }) => all),
      ...captures.map(({ outer }) => outer),
    ],
    attributes: {
      num_scan_inputs: rows.length,
      scan_input_directions: rows.map(() => direction),
      scan_output_directions: outputs.map(() => direction),
    },
    control: { captureCount: captures.length, bodies: { body } },
  };
}

/** ONNX wants at least one input to scan over: it says how long the loop is. */
function clock(length: number): ScanLoop['rows'][number] {
  const all: Value = { dtype: 'float32', shape: [length], source: { kind: 'uniform', value: 0 } };
  return { all, row: placeholder('clock', { dtype: 'float32', shape: [] }) };
}

/** The loop of a `Scan`, and its number of steps. */
export function readScan({ inputs, attributes, control }: Node): { loop: ScanLoop; length: number } {
  const { captureCount, bodies } = control!;
  const body = bodies.body!;
  const rowCount = attributes.num_scan_inputs as number;
  const stateCount = inputs.length - captureCount - rowCount;
  const results = [...body.outputs.values()];
  const named = body.inputs.map((inner, index) => ({ inner, outer: inputs[index]! }));
  const loop: ScanLoop = {
    states: named
      .slice(0, stateCount)
      .map(({ inner, outer }, index) => ({ state: inner, first: outer, next: results[index]! })),
    rows: named
      .slice(stateCount, stateCount + rowCount)
      .map(({ inner, outer }) => ({ row: inner, all: outer })),
    captures: named.slice(stateCount + rowCount),
    nodes: body.nodes,
    outputs: results.slice(stateCount),
    reverse: (attributes.scan_input_directions as readonly number[])[0] === 1,
  };
  return { loop, length: loop.rows[0]!.all.shape[0]! };
}
