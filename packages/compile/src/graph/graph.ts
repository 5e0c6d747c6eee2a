import type { DType, StorageDType, TensorArray } from '../tensor-data.ts';

/** Element types of graph values: the program's, the int64 that ONNX wants for shapes and axes, and those of stored weights. */
export type GraphDType = DType | 'int64' | StorageDType | 'int4' | 'uint4';

/** The arrays that hold constants. */
export type ConstantArray = TensorArray | BigInt64Array | Int8Array | Uint16Array;

/**
 * Where a value comes from. A `uniform` value is a constant whose elements are all one number. A constant that is `passed` stays where
 * it is and goes to the model at every run, instead of being copied into it.
 */
export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | {
      readonly kind: 'constant';
      readonly data: ConstantArray;
      readonly passed?: boolean;
      /** What it is called in a model file. */
      readonly name?: string;
    }
  | { readonly kind: 'uniform'; readonly value: number }
  | { readonly kind: 'node'; readonly node: Node };

/** One tensor of the graph. Values are compared by identity. */
export interface Value {
  readonly dtype: GraphDType;
  readonly shape: readonly number[];
  readonly source: Source;
}

/** Attribute values of an ONNX operator; which numbers are floats follows from the attribute's name. */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** One ONNX operator applied to values; an `undefined` input is an optional one left out. */
export interface Node {
  readonly operator: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** Only control flow (`Scan`, `If`) has it. */
  readonly control?: Control;
  /** Where it comes from; only if the trace was to record that. */
  readonly site?: NodeSite;
}

/** What made a node. */
export interface NodeSite {
  /** tfjs's name of the kernel. */
  readonly kernel: string;
  /** The line of the program, as `path:line:column`; undefined in the backward pass, which tfjs runs. */
  readonly place: string | undefined;
}

/**
 * The subgraphs of a control-flow operator. The last `captureCount` inputs of the node are values of the surrounding graph
 * that the bodies use; the last inputs of each body stand for them, in the same order.
 */
export interface Control {
  /** By the name of the ONNX attribute that holds each. */
  readonly bodies: Readonly<Record<string, Graph>>;
  readonly captureCount: number;
}

/** A hidden input that the host fills with random numbers before every run. */
export interface RandomInput {
  readonly value: Value;
  /** Of dropout; undefined for uniform numbers in [0, 1). */
  readonly rate: number | undefined;
  /** Order of this draw in the program; part of the generator's key. */
  readonly site: number;
}

/** A static dataflow program. Nodes stand in an order in which every value is produced before it is used. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly randomInputs: readonly RandomInput[];
  readonly nodes: readonly Node[];
  readonly outputs: ReadonlyMap<string, Value>;
}

/** The number all elements of a value share, if it is known to be uniform. */
export function uniformValue(value: Value | undefined): number | undefined {
  return value?.source.kind === 'uniform' ? value.source.value : undefined;
}

/** The node that produces a value, if it is one of the named operators. */
export function producer(value: Value | undefined, ...operators: readonly string[]): Node | undefined {
  if (value?.source.kind !== 'node') return undefined;
  const { node } = value.source;
  return operators.includes(node.operator) ? node : undefined;
}

/** The control flow with each body changed. */
export function mapBodies({ bodies, captureCount }: Control, change: (body: Graph) => Graph): Control {
  const entries = Object.entries(bodies).map(([name, body]) => [name, change(body)] as const);
  return { bodies: Object.fromEntries(entries), captureCount };
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
