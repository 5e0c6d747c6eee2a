import {
  type Attributes,
  type ConstantArray,
  type Graph,
  type GraphDType,
  type Node,
  sameShape,
  type Value,
} from '../graph/graph.ts';
import { type StoredData, sizeOf, type TensorData } from '../tensor-data.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** TensorProto.DataType numbers of the ONNX specification. */
const ELEMENT_TYPES: Readonly<Record<GraphDType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

/** Operators that ONNX Runtime has beyond the ONNX standard. */
const MICROSOFT_OPERATORS = new Set(['FusedMatMul', 'MatMulNBits', 'QuickGelu']);
const MICROSOFT_DOMAIN = 'com.microsoft';

/** Numeric attributes that are floats; all others are integers. */
const FLOAT_ATTRIBUTES = new Set(['alpha', 'beta', 'epsilon', 'gamma']);

const IR_VERSION = 10;
const OPSET_VERSION = 20;

/**
 * Serializes a graph as an ONNX `ModelProto` (opset 20, plus `com.microsoft`).
 *
 * Uniform values become one-element initializers where they are scalars and `ConstantOfShape` nodes where not, so
 * that no file carries arrays of equal numbers.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (field numbers)
 */
export function encodeModel(graph: Graph): EncodedModel {
  const passed = new Map<string, TensorData | StoredData>();
  const model = new ProtobufWriter();
  model.integer(1, IR_VERSION);
  model.string(2, 'wordloom');
  model.message(7, (writer) => new GraphEncoder(writer, passed).encodeProgram(graph));
  model.message(8, (opset) => opset.integer(2, OPSET_VERSION));
  model.message(8, (opset) => {
    opset.string(1, MICROSOFT_DOMAIN);
    opset.integer(2, 1);
  });
  return { model: model.finish(), passed };
}

/** A serialized model. */
export interface EncodedModel {
  readonly model: Uint8Array;
  /** Constants that are not in the model but are inputs of it, to be passed at every run, by name. */
  readonly passed: ReadonlyMap<string, TensorData | StoredData>;
}

/** Encodes a graph; bodies by encoders of their own, which share the names and leave constants to the outermost. */
class GraphEncoder {
  readonly #writer: ProtobufWriter;
  readonly #root: GraphEncoder;
  readonly #names: Map<Value, string>;
  readonly #passed: Map<string, TensorData | StoredData>;
  #nameCount = 0;

  constructor(writer: ProtobufWriter, passed: Map<string, TensorData | StoredData>, outer?: GraphEncoder) {
    this.#writer = writer;
    this.#passed = passed;
    this.#root = outer ? outer.#root : this;
    this.#names = outer ? outer.#names : new Map();
  }

  encodeProgram(graph: Graph): void {
    this.#writer.string(2, 'program');
    const inputs = [...graph.inputs, ...graph.randomInputs.map(({ value }) => value)];
    for (const value of inputs) this.#names.set(value, (value.source as { name: string }).name);
    this.#declareInputs(inputs);
    this.#nodes(graph, (name) => outputName(name));
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
      node.operator === 'Cast' ? { to: ELEMENT_TYPES[node.outputs[0]!.dtype] } : node.attributes;
    const bodies = Object.entries(node.control?.bodies ?? {}).map(([name, body]) => {
      const writer = new ProtobufWriter();
      new GraphEncoder(writer, this.#passed, this).encodeBody(body, references.slice(inputCount));
      return [name, writer.finish()] as const;
    });
    this.#writeNode(node.operator, inputs, outputs, attributes, bodies);
  }

  /** The name of a value; a constant is written on first use, into the outermost graph. */
  #reference(value: Value): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const { source, shape, dtype } = value;
    if (source.kind === 'constant' && source.passed) return this.#pass(value, source.data);
    const name = this.#newName(value);
    if (source.kind === 'constant') {
      const { buffer, byteOffset, byteLength } = source.data;
      this.#root.#initializer(name, dtype, shape, new Uint8Array(buffer, byteOffset, byteLength));
    } else if (source.kind === 'uniform') {
      if (sizeOf(shape) === 1) this.#root.#initializer(name, dtype, shape, scalarBytes(source.value, dtype));
      else this.#root.#constantOfShape(name, value, source.value);
    } else {
      throw new Error(`compile: the graph uses a value of ${describe(value)} before it is made.`);
    }
    return name;
  }

  /** An input of the model, one for each array and form of it. */
  #pass(value: Value, data: ConstantArray): string {
    const { dtype, shape } = value;
    const same = [...this.#passed].find(([, other]) => other.data === data && sameShape(other.shape, shape));
    const name = same?.[0] ?? `passed.${this.#passed.size}`;
    this.#names.set(value, name);
    if (!same) {
      this.#passed.set(name, { dtype, shape, data } as TensorData | StoredData);
      this.#root.#declareInputs([value]);
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
        attribute.message(5, (tensor) => writeTensor(tensor, '', dtype, [1], scalarBytes(fill, dtype)));
        attribute.integer(20, 4); // AttributeType.TENSOR
      });
    });
  }

  #initializer(name: string, dtype: GraphDType, shape: readonly number[], bytes: Uint8Array): void {
    this.#writer.message(5, (tensor) => writeTensor(tensor, name, dtype, shape, bytes));
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

  #valueInfo(field: number, name: string, { dtype, shape }: Value): void {
    this.#writer.message(field, (info) => {
      info.string(1, name);
      info.message(2, (type) =>
        type.message(1, (tensor) => {
          tensor.integer(1, ELEMENT_TYPES[dtype]);
          tensor.message(2, (dimensions) => {
            for (const size of shape) dimensions.message(1, (dimension) => dimension.integer(1, size));
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
    return `v${this.#root.#nameCount++}`;
  }
}

/** The name of a graph output in the model. */
export function outputName(name: string): string {
  return `output.${name}`;
}

function writeTensor(
  tensor: ProtobufWriter,
  name: string,
  dtype: GraphDType,
  shape: readonly number[],
  bytes: Uint8Array,
): void {
  for (const size of shape) tensor.integer(1, size);
  tensor.integer(2, ELEMENT_TYPES[dtype]);
  if (name) tensor.string(8, name);
  tensor.bytes(9, bytes);
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

function scalarBytes(value: number, dtype: GraphDType): Uint8Array {
  if (dtype === 'float32') return new Uint8Array(new Float32Array([value]).buffer);
  if (dtype === 'int32') return new Uint8Array(new Int32Array([value]).buffer);
  if (dtype === 'int64') return new Uint8Array(new BigInt64Array([BigInt(value)]).buffer);
  return new Uint8Array([value]);
}

function describe({ dtype, shape }: Value): string {
  return `${dtype}[${shape}]`;
}
