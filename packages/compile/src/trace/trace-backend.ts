import * as tf from '@tensorflow/tfjs-core';
import { sameShape, type Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { type DType, describeSpec, type TensorArray } from '../tensor-data.ts';
import type { CallSites } from './call-site.ts';
import { type Placed, TraceLevel } from './trace-level.ts';

/** The name under which the tracing backend stands in tfjs while a trace runs. */
export const TRACE_BACKEND = 'wordloom-trace';

type DataId = object;

interface Entry extends Placed {
  references: number;
  /** The same data as eager tensors of other shapes and types see it: reshaping and some casts share it. */
  readonly views?: Map<string, Value>;
}

/** Whether the running tfjs ops are being recorded rather than computed. */
export function isTracing(): boolean {
  return tf.getBackend() === TRACE_BACKEND;
}

/** The backend of the running trace. */
export function traceBackend(): TraceBackend {
  return tf.backend() as TraceBackend;
}

/**
 * A tfjs backend whose tensors are values of a graph under construction. Its kernels compute shapes and record
 * nodes; nothing is calculated. Eager tensors that a traced program uses become constants.
 */
export class TraceBackend extends tf.KernelBackend {
  #level = new TraceLevel();
  readonly #entries: tf.DataStorage<Entry>;
  readonly #callers: CallSites | undefined;

  /** Whether what is recorded must be the same at other sizes. */
  readonly hasOpenSizes: boolean;

  /** @param options.callers says where calls of kernels come from, if that is to be recorded */
  constructor({ callers, hasOpenSizes = false }: { callers?: CallSites; hasOpenSizes?: boolean } = {}) {
    super();
    this.#callers = callers;
    this.hasOpenSizes = hasOpenSizes;
    this.#entries = new tf.DataStorage<Entry>(this, tf.engine());
  }

  /** Of the graph that is being recorded. */
  get builder(): GraphBuilder {
    return this.#level.builder;
  }

  /** Says that what is recorded next is a call of this kernel. */
  enter(kernel: string): void {
    if (this.#callers) this.builder.site = { kernel, place: this.#callers.current() };
  }

  /** Records what `trace` does in a graph of its own, inside the present one. */
  inBody<T>(trace: (level: TraceLevel) => T): T {
    const outer = this.#level;
    this.#level = new TraceLevel(outer);
    try {
      return trace(this.#level);
    } finally {
      this.#level = outer;
    }
  }

  /** Whether a tensor stands for a value that exists only in the graph. */
  isSymbolic({ dataId }: tf.TensorInfo): boolean {
    if (!this.#entries.has(dataId)) return false;
    const { kind } = this.#entries.get(dataId).value.source;
    return kind !== 'constant' && kind !== 'uniform';
  }

  /** The graph value behind a tensor. @throws {Error} if it is disposed */
  valueFor(tensor: tf.TensorInfo): Value {
    if (!this.#entries.has(tensor.dataId) && !tf.engine().state.tensorInfo.has(tensor.dataId)) {
      throw new Error(
        `compile: the traced program uses a tensor of shape [${tensor.shape}] that is disposed. Make it inside the program, or keep it.`,
      );
    }
    const entry = this.#entries.get(tensor.dataId);
    return this.#level.resolve(tensor, { value: this.#view(entry, tensor), level: entry.level });
  }

  #view({ value, views }: Entry, { shape, dtype }: tf.TensorInfo): Value {
    if (!views || (value.dtype === dtype && sameShape(value.shape, shape))) return value;
    const key = describeSpec({ shape, dtype: dtype as DType });
    let view = views.get(key);
    if (!view) {
      view = this.#constant(constantData(value), shape, dtype);
      views.set(key, view);
    }
    return view;
  }

  /** A tensor that stands for a graph value. */
  tensorInfo(value: Value): tf.TensorInfo {
    const dataId: DataId = {};
    this.#entries.set(dataId, { value, level: this.#level, references: 1 });
    return { dataId, shape: [...value.shape], dtype: value.dtype as DType };
  }

  /** A tensor that stands for a graph value, known to the engine. */
  tensor(value: Value): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.tensorInfo(value), this);
  }

  /** A tensor of dropout factors, or of uniform numbers where there is no rate, that the host draws before each run. */
  randomInput(shape: readonly number[], rate: number | undefined, site: number): tf.Tensor {
    return this.tensor(this.builder.randomInput(shape, rate, site));
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    requireNoDraw();
    const dataId: DataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }

  override move(
    dataId: DataId,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    const value = this.#constant(values, shape, dtype);
    this.#entries.set(dataId, { value, level: this.#level, references, views: new Map() });
  }

  override readSync(dataId: DataId): tf.BackendValues {
    const { value } = this.#entries.get(dataId);
    const { source, shape } = value;
    if (source.kind === 'constant' || source.kind === 'uniform') return constantData(value);
    throw new Error(
      `compile: the traced program reads the values of a tensor of shape [${shape}], which do not exist while it is traced. Keep data(), dataSync() and array() out of it, and branch on host values only.`,
    );
  }

  override async read(dataId: DataId): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.#entries.has(dataId)) return true;
    const entry = this.#entries.get(dataId);
    entry.references--;
    if (!force && entry.references > 0) return false;
    // What is disposed stays known until the trace ends: gradient functions of tfjs (of logSigmoid) and of programs use such tensors.
    if (force) this.#entries.delete(dataId);
    return true;
  }

  override refCount(dataId: DataId): number {
    return this.#entries.has(dataId) ? this.#entries.get(dataId).references : 0;
  }

  override incRef(dataId: DataId): void {
    this.#entries.get(dataId).references++;
  }

  override numDataIds(): number {
    return this.#entries.numDataIds();
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {}

  #constant(values: tf.BackendValues, shape: readonly number[], dtype: tf.DataType): Value {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new TypeError(`compile: a traced program may use float32, int32 and bool tensors, got ${dtype}.`);
    }
    const data = typedAs(dtype, values as TensorArray);
    const first = data[0];
    const uniform = first !== undefined && data.every((element) => element === first);
    return uniform
      ? this.builder.uniform(first, shape, dtype)
      : this.builder.constant(data, { dtype, shape });
  }
}

/** Ops of tfjs that draw on the host and hand over what they drew. */
const DRAWING_OPS = [
  'randomUniform',
  'randomUniformInt',
  'randomNormal',
  'randomStandardNormal',
  'randomGamma',
  'truncatedNormal',
];

/** @throws {Error} if the running op of tfjs draws random numbers, which would become a constant of the graph */
function requireNoDraw(): void {
  const scope: string = tf.engine().state.activeScope?.name ?? '';
  const drawing = DRAWING_OPS.find((name) => scope === name || scope === `${name}${tf.OP_SCOPE_SUFFIX}`);
  if (!drawing) return;
  throw new Error(
    `compile: tf.${drawing} cannot be traced: its draws would be the same at every run. Use this package's randomUniform, randomNormal or dropout; or, if they are to be the same, draw outside the program.`,
  );
}

/** The elements of a constant. */
function constantData({ source, shape, dtype }: Value): TensorArray {
  if (source.kind === 'constant') return source.data as TensorArray;
  const { value } = source as { value: number };
  return tf.util.makeOnesTypedArray(tf.util.sizeFromShape([...shape]), dtype as DType).fill(value as never);
}

/** Backends keep some tensors in arrays of another type than the tensor's. */
function typedAs(dtype: DType, data: TensorArray): TensorArray {
  const Type = dtype === 'float32' ? Float32Array : dtype === 'int32' ? Int32Array : Uint8Array;
  return data instanceof Type ? data : Type.from(data);
}
