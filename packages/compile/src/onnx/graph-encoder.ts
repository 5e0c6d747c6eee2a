import type { Attributes, ConstantArray, Graph, GraphDType, Node, Source, Value } from '../graph/graph.ts';
import { sizeOf } from '../tensor-data.ts';
import { ELEMENT_TYPES } from './element-types.ts';
import { type ModelOptions, outputName } from './model-options.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** Operators that ONNX Runtime has beyond the ONNX standard. */
export const MICROSOFT_OPERATORS: ReadonlySet<string> = new Set(['FusedMatMul', 'MatMulNBits', 'QuickGelu']);
export const MICROSOFT_DOMAIN = 'com.microsoft';

/** Numeric attributes that are floats; all others are integers. */
const FLOAT_ATTRIBUTES = new Set(['alpha', 'beta', 'epsilon', 'gamma']);

/** A constant that stays outside the model. */
export interface PassedConstant extends Pick<Value, 'dtype' | 'shape'> {
  readonly data: ConstantArray;
}

/** Encodes a graph; bodies by encoders of their own, which share the names and leave constants to the outermost. */
export class GraphEncoder {
  readonly #writer: ProtobufWriter;
  readonly #root: GraphEncoder;
  readonly #names: Map<Value, string>;
  readonly #options: ModelOptions;
  readonly #passed: Map<string, PassedConstant>;
  /** Names of constants, by array and form. */
  readonly #constants = new Map<ConstantArray, Map<string, string>>();
  #nameCount = 0;

  constructor(
    writer: ProtobufWriter,
    options: ModelOptions,
    passed: Map<string, PassedConstant>,
    outer?: GraphEncoder,
  ) {
    this.#writer = writer;
    this.#options = options;
    this.#passed = passed;
    this.#root = outer ? outer.#root : this;
    this.#names = outer ? outer.#names : new Map();
  }

  encodeProgram(graph: Graph): void {
    const { name = 'program', outputName: nameOf = outputName } = this.#options;
    this.#writer.string(2, name);
    const inputs = [...graph.inputs, ...graph.randomInputs.map(({ value }) => value)];
    for (const value of inputs) this.#names.set(value, (value.source as { name: string }).name);
    this.#declareInputs(inputs);
    this.#nodes(graph, nameOf);
  }

  /** @param captures names of the outer values that the last inputs stand for */
  encodeBody(graph: Graph, captures: readonly string[]): void {
    this.#writer.string(2, 'body');
    const inputs = graph.inputs.slice(0, graph.inputs.length - captures.length);
    for (const value of inputs) this.#newName(value);
    captures.forEach((name, index) => {
      this.#names.set(graph.inputs[inputs.length + index]!, name);
    });
    this.#declareInputs(inputs);
    this.#nodes(graph, () => this.#nextName());
  }

  #nodes({ nodes, outputs }: Graph, nameOf: (output: string) => string): void {
    const named = [...outputs].map(([output, value]) => [nameOf(output), value] as const);
    for (const [name, value] of named) {
      if (value.source.kind === 'node' && !this.#names.has(value)) this.#names.set(value, name);
    }
    for (const node of nodes) this.#node(node);
    for (const [name, value] of named) this.#output(name, value);
  }

  #declareInputs(inputs: readonly Value[]): void {
    for (const value of inputs) this.#valueInfo(11, this.#names.get(value)!, value);
  }

  /** A value that is two outputs, or an input or constant that is passed through, is copied. */
  #output(name: string, value: Value): void {
    const source = this.#reference(value);
    if (source !== name) this.#writeNode('Identity', [source], [name], {});
    this.#valueInfo(12, name, value);
  }

  #node(node: Node): void {
    const references = node.inputs.map((value) => (value ? this.#reference(value) : ''));
    const inputCount = references.length - (node.control?.captureCount ?? 0);
    const inputs = references.slice(0, inputCount);
    const outputs = node.outputs.map((value) => this.#names.get(value) ?? this.#newName(value));
    const attributes =
      node.operator === 'Cast' ? { to: ELEMENT_TYPES[node.outputs[0]!.dtype].number } : node.attributes;
    const bodies = Object.entries(node.control?.bodies ?? {}).map(([name, body]) => {
      const writer = new ProtobufWriter();
      new GraphEncoder(writer, this.#options, this.#passed, this).encodeBody(
        body,
        references.slice(inputCount),
      );
      return [name, writer.finish()] as const;
    });
    this.#writeNode(node.operator, inputs, outputs, attributes, bodies);
  }

  /** The name of a value; what has no node is written on first use, into the outermost graph. */
  #reference(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const { source, shape, dtype } = value;
    if (source.kind === 'constant') return this.#constant(value, source);
    if (source.kind !== 'uniform')
      throw new Error(`compile: the graph uses a value of ${describe(value)} before it is made.`);
    const name = this.#newName(value);
    if (sizeOf(shape) === 1) this.#root.#initializer(name, dtype, shape, scalarBytes(source.value, dtype));
    else this.#root.#constantOfShape(name, value, source.value);
    return name;
  }

  /** An initializer or, for what is passed at every run, an input: one for each array and form of it. */
  #constant(value: Value, { data, passed, name: ownName }: Extract<Source, { kind: 'constant' }>): string {
    const forms = this.#root.#constants.get(data) ?? new Map<string, string>();
    this.#root.#constants.set(data, forms);
    const form = `${describe(value)}${ownName ?? ''}`;
    const isPassed = passed === true && !this.#options.holdsWeights;
    const known = forms.get(form);
    const name = known ?? (isPassed ? `passed.${this.#passed.size}` : (ownName ?? this.#nextName()));
    this.#names.set(value, name);
    if (known !== undefined) return name;
    forms.set(form, name);
    const { dtype, shape } = value;
    if (isPassed) {
      this.#passed.set(name, { dtype, shape, data });
      this.#root.#declareInputs([value]);
    } else {
      this.#root.#initializer(name, dtype, shape, bytesOf(data));
    }
    return name;
  }

  #constantOfShape(name: string, { shape, dtype }: Value, fill: number): void {
    const shapeName = `${name}.shape`;
    const sizes = BigInt64Array.from(shape, BigInt);
    this.#initializer(shapeName, 'int64', [shape.length], new Uint8Array(sizes.buffer));
    this.#writer.message(1, (node) => {
      node.string(1, shapeName);
      node.string(2, name);
      node.string(4, 'ConstantOfShape');
      node.message(5, (attribute) => {
        attribute.string(1, 'value');
        attribute.message(5, (tensor) => {
          writeTensorHead(tensor, '', dtype, [1]);
          tensor.bytes(9, scalarBytes(fill, dtype));
        });
        attribute.integer(20, 4); // AttributeType.TENSOR
      });
    });
  }

  #initializer(name: string, dtype: GraphDType, shape: readonly number[], bytes: Uint8Array): void {
    this.#writer.message(5, (tensor) => {
      writeTensorHead(tensor, name, dtype, shape);
      if (!this.#options.externalData?.take(tensor, bytes)) tensor.bytes(9, bytes);
    });
  }

  #writeNode(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
    bodies: readonly (readonly [name: string, graph: Uint8Array])[] = [],
  ): void {
    this.#writer.message(1, (node) => {
      for (const name of inputs) node.string(1, name);
      for (const name of outputs) node.string(2, name);
      node.string(3, `${operator}:${outputs[0]}`);
      node.string(4, operator);
      for (const [name, value] of Object.entries(attributes)) {
        node.message(5, (attribute) => writeAttribute(attribute, name, value));
      }
      for (const [name, graph] of bodies) {
        node.message(5, (attribute) => {
          attribute.string(1, name);
          attribute.bytes(6, graph);
          attribute.integer(20, 5); // AttributeType.GRAPH
        });
      }
      if (MICROSOFT_OPERATORS.has(operator)) node.string(7, MICROSOFT_DOMAIN);
    });
  }

  #valueInfo(field: number, name: string, value: Value): void {
    const sizes = this.#options.dimensions?.get(value) ?? value.shape;
    this.#writer.message(field, (info) => {
      info.string(1, name);
      info.message(2, (type) =>
        type.message(1, (tensor) => {
          tensor.integer(1, ELEMENT_TYPES[value.dtype].number);
          tensor.message(2, (dimensions) => {
            for (const size of sizes) {
              dimensions.message(1, (dimension) => {
                if (typeof size === 'number') dimension.integer(1, size);
                else if (size) dimension.string(2, size); // '' is a size of which nothing is known
              });
            }
          });
        }),
      );
    });
  }

  #newName(value: Value): string {
    const name = this.#nextName();
    this.#names.set(value, name);
    return name;
  }

  #nextName(): string {
    for (;;) {
      const name = `v${this.#root.#nameCount++}`;
      if (!this.#options.takenNames?.has(name)) return name;
    }
  }
}

function writeTensorHead(
  tensor: ProtobufWriter,
  name: string,
  dtype: GraphDType,
  shape: readonly number[],
): void {
  for (const size of shape) tensor.integer(1, size);
  tensor.integer(2, ELEMENT_TYPES[dtype].number);
  if (name) tensor.string(8, name);
}

function writeAttribute(attribute: ProtobufWriter, name: string, value: Attributes[string]): void {
  attribute.string(1, name);
  if (typeof value === 'string') {
    attribute.string(4, value);
    attribute.integer(20, 3);
  } else if (typeof value !== 'number') {
    for (const integer of value) attribute.integer(8, integer);
    attribute.integer(20, 7);
  } else if (FLOAT_ATTRIBUTES.has(name)) {
    attribute.float(2, value);
    attribute.integer(20, 1);
  } else {
    attribute.integer(3, value);
    attribute.integer(20, 2);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ConstantArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function scalarBytes(value: number, dtype: GraphDType): Uint8Array {
  if (dtype === 'float32') return new Uint8Array(new Float32Array([value]).buffer);
  if (dtype === 'int32') return new Uint8Array(new Int32Array([value]).buffer);
  if (dtype === 'int64') return new Uint8Array(new BigInt64Array([BigInt(value)]).buffer);
  return new Uint8Array([value]);
}

function describe({ dtype, shape }: Value): string {
  return `${dtype}[${shape}]`;
}
