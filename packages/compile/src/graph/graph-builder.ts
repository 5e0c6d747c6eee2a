import type { TensorSpec } from '../tensor-data.ts';
import type {
  Attributes,
  ConstantArray,
  Control,
  Graph,
  GraphDType,
  Node,
  NodeSite,
  RandomInput,
  Value,
} from './graph.ts';

/** What a node's output looks like; `float32` unless said otherwise. */
export interface OutputSpec {
  readonly shape: readonly number[];
  readonly dtype?: GraphDType;
}

/** Collects values and nodes in the order they are made. */
export class GraphBuilder {
  readonly #inputs: Value[] = [];
  readonly #randomInputs: RandomInput[] = [];
  readonly #nodes: Node[] = [];

  /** Where nodes come from that are appended next. */
  site: NodeSite | undefined;

  input(name: string, { dtype, shape }: TensorSpec): Value {
    const value: Value = { dtype, shape: [...shape], source: { kind: 'input', name } };
    this.#inputs.push(value);
    return value;
  }

  /** What was appended so far, in order. */
  get nodeList(): readonly Node[] {
    return this.#nodes;
  }

  get randomInputs(): readonly RandomInput[] {
    return this.#randomInputs;
  }

  /** A hidden float32 input of dropout factors, or of uniform numbers where there is no rate; the same one for the same site. */
  randomInput(shape: readonly number[], rate: number | undefined, site: number): Value {
    const known = this.#randomInputs.find((input) => input.site === site);
    if (known) return known.value;
    const value: Value = {
      dtype: 'float32',
      shape: [...shape],
      source: { kind: 'input', name: `random.${site}` },
    };
    this.#randomInputs.push({ value, rate, site });
    return value;
  }

  /** Takes over inputs that another builder made. */
  adoptInputs(graph: Pick<Graph, 'inputs' | 'randomInputs'>): void {
    this.#inputs.push(...graph.inputs);
    this.#randomInputs.push(...graph.randomInputs);
  }

  constant(data: ConstantArray, { dtype, shape }: Pick<Value, 'dtype' | 'shape'>, name?: string): Value {
    return { dtype, shape: [...shape], source: { kind: 'constant', data, ...(name && { name }) } };
  }

  /** A constant that is kept in its array and passed at every run. */
  weight(data: ConstantArray, shape: readonly number[], dtype: GraphDType): Value {
    return { dtype, shape: [...shape], source: { kind: 'constant', data, passed: true } };
  }

  uniform(value: number, shape: readonly number[] = [], dtype: GraphDType = 'float32'): Value {
    return { dtype, shape: [...shape], source: { kind: 'uniform', value } };
  }

  /** A one-dimensional int64 constant, as ONNX wants shapes, axes and bounds. */
  integers(values: readonly number[]): Value {
    const data = BigInt64Array.from(values, BigInt);
    return { dtype: 'int64', shape: [values.length], source: { kind: 'constant', data } };
  }

  /** Appends an operator and returns its outputs. */
  nodes(
    operator: string,
    inputs: readonly (Value | undefined)[],
    attributes: Attributes,
    outputs: readonly OutputSpec[],
    control?: Control,
  ): readonly Value[] {
    const values: Value[] = [];
    const { site } = this;
    const node: Node = {
      operator,
      inputs,
      attributes,
      outputs: values,
      ...(control && { control }),
      ...(site && { site }),
    };
    for (const { shape, dtype = 'float32' } of outputs) {
      values.push({ dtype, shape: [...shape], source: { kind: 'node', node } });
    }
    this.#nodes.push(node);
    return values;
  }

  /** Appends an operator with one output and returns that. */
  node(
    operator: string,
    inputs: readonly (Value | undefined)[],
    output: OutputSpec,
    attributes: Attributes = {},
  ): Value {
    return this.nodes(operator, inputs, attributes, [output])[0]!;
  }

  build(outputs: ReadonlyMap<string, Value>): Graph {
    return { inputs: this.#inputs, randomInputs: this.#randomInputs, nodes: this.#nodes, outputs };
  }
}
