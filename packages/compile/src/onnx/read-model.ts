import type { OnnxElementType } from './element-types.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { elementTypeOf, readPair, readTensor, readTensorHead, type TensorEntry } from './read-tensor.ts';

/** An input or output of a model. */
export interface OnnxValue {
  readonly name: string;
  /** Undefined for what is no tensor, such as a sequence. */
  readonly type: OnnxElementType | 'string' | undefined;
  /** A size that is not fixed has a name, or none: then it is ''. Undefined if not even the rank is known. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** What a model says of itself, and its tensors. */
export interface ModelEntry {
  readonly irVersion: number;
  /** Versions of the operators, by domain; the standard's domain is ''. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly producer: string;
  readonly producerVersion: string;
  /** The graph's. */
  readonly name: string;
  readonly description: string;
  readonly metadata: ReadonlyMap<string, string>;
  /** What must be given when it runs: initializers that stand among the inputs are left out. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly tensors: readonly TensorEntry[];
}

/** Which tensors are read. */
export interface TensorSelection {
  /** Whether those of `Constant` nodes are, too. */
  readonly constants: boolean;
  readonly select: (name: string) => boolean;
}

/** Reads a ModelProto. @throws {RangeError} at the first thing that is wrong */
export function readModel(reader: ProtobufReader, selection: TensorSelection): ModelEntry {
  const head = { irVersion: 0, producer: '', producerVersion: '', description: '' };
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  const graph = new GraphReader(selection);
  let hasGraph = false;
  reader.read({
    1: () => {
      head.irVersion = reader.number();
    },
    2: () => {
      head.producer = reader.string();
    },
    3: () => {
      head.producerVersion = reader.string();
    },
    6: () => {
      head.description = reader.string();
    },
    7: () => {
      hasGraph = true;
      graph.read(reader.message());
    },
    8: () => opsets.set(...readOpset(reader.message())),
    14: () => metadata.set(...readPair(reader.message())),
  });
  if (!hasGraph) throw reader.refuse('a model must have a graph (field 7)');
  const { name, outputs } = graph;
  const inputs = graph.inputs.filter((input) => !graph.tensors.has(input.name));
  const tensors = [...graph.tensors.values()].filter((tensor) => tensor !== undefined);
  return { ...head, opsets, metadata, name, inputs, outputs, tensors };
}

/** Collects what a GraphProto has. */
class GraphReader {
  readonly #selection: TensorSelection;
  name = '';
  readonly inputs: OnnxValue[] = [];
  readonly outputs: OnnxValue[] = [];
  /** Undefined for those that are not wanted. */
  readonly tensors = new Map<string, TensorEntry | undefined>();

  constructor(selection: TensorSelection) {
    this.#selection = selection;
  }

  read(reader: ProtobufReader): void {
    reader.read({
      ...(this.#selection.constants && { 1: () => this.#node(reader.message()) }),
      2: () => {
        this.name = reader.string();
      },
      5: () => this.#tensor(reader.message()),
      11: () => this.inputs.push(readValue(reader.message())),
      12: () => this.outputs.push(readValue(reader.message())),
    });
  }

  /** Only of `Constant` nodes is anything used: the tensor in their attribute. */
  #node(reader: ProtobufReader): void {
    let [operator, output] = ['', ''];
    let attribute: ProtobufReader | undefined;
    reader.read({
      2: () => {
        output = reader.string();
      },
      4: () => {
        operator = reader.string();
      },
      5: () => {
        attribute = reader.message();
      },
    });
    if (operator !== 'Constant') return;
    const value = attribute;
    value?.read({ 5: () => this.#tensor(value.message(), output) });
  }

  #tensor(reader: ProtobufReader, outerName?: string): void {
    const head = readTensorHead(reader);
    const name = outerName ?? head.name;
    if (this.tensors.has(name))
      throw reader.refuse(`a tensor's name must occur once, got ${JSON.stringify(name)} twice`);
    this.tensors.set(name, this.#selection.select(name) ? readTensor(reader, head, name) : undefined);
  }
}

/** A ValueInfoProto. */
function readValue(reader: ProtobufReader): OnnxValue {
  let name = '';
  let type: OnnxValue['type'];
  let shape: OnnxValue['shape'];
  reader.read({
    1: () => {
      name = reader.string();
    },
    2: () => {
      const kind = reader.message();
      kind.read({
        1: () => {
          const tensor = kind.message();
          tensor.read({
            1: () => {
              type = elementTypeOf(tensor.number(), tensor);
            },
            2: () => {
              shape = readShape(tensor.message());
            },
          });
        },
      });
    },
  });
  return { name, type, shape };
}

/** A TensorShapeProto. */
function readShape(reader: ProtobufReader): (number | string)[] {
  const shape: (number | string)[] = [];
  reader.read({
    1: () => {
      const dimension = reader.message();
      let size: number | string = '';
      dimension.read({
        1: () => {
          size = dimension.number();
        },
        2: () => {
          size = dimension.string();
        },
      });
      shape.push(size);
    },
  });
  return shape;
}

/** An OperatorSetIdProto. */
function readOpset(reader: ProtobufReader): [domain: string, version: number] {
  let [domain, version] = ['', 0];
  reader.read({
    1: () => {
      domain = reader.string();
    },
    2: () => {
      version = reader.number();
    },
  });
  return [domain, version];
}
