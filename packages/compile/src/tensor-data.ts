/** Element types a traced program may use. `bool` is stored one byte per element. */
export type DType = 'float32' | 'int32' | 'bool';

/** Element types of weights that are stored small; programs do not compute with them. */
export type StorageDType = 'float16' | 'int8' | 'uint8';

/** What is known of a tensor before it has values. */
export interface TensorSpec {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** The typed arrays that hold tensor elements: float32, int32 and bool (one byte each), in that order. */
export type TensorArray = Float32Array | Int32Array | Uint8Array;

/**
 * A tensor on the host: a shape and a row-major typed array. Nothing is copied on the way in or out, so the
 * owner of `data` may update it in place between runs.
 */
export interface TensorData extends TensorSpec {
  readonly data: TensorArray;
}

/** A weight in the form in which it is stored, as it is passed to a runtime. */
export interface StoredData {
  readonly dtype: StorageDType;
  readonly shape: readonly number[];
  readonly data: Int8Array | Uint8Array | Uint16Array;
}

/** Thrown when the shapes of arguments do not fit each other or what was announced. */
export class ShapeError extends RangeError {
  override readonly name = 'ShapeError';
}

/**
 * Wraps a typed array as a tensor; its element type follows from the array's type.
 *
 * @param data  row-major elements; kept by reference
 * @param shape product must equal `data.length`
 * @throws {TypeError} if `data` is of another type, such as a list or a Float64Array
 * @throws {ShapeError} if the shape does not fit the length
 */
export function tensorData(data: TensorArray, shape: readonly number[]): TensorData {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new ShapeError(
      `tensorData: shape must be a list of whole numbers from 0 on, got ${describe(shape)}.`,
    );
  }
  const dtype = dtypeOf(data);
  const size = sizeOf(shape);
  if (size !== data.length) {
    throw new ShapeError(
      `tensorData: shape must hold as many elements as data, got [${shape}] (${size}) for ${data.length} elements.`,
    );
  }
  return { dtype, shape, data };
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A zero-filled array for a tensor. */
export function allocate({ dtype, shape }: TensorSpec): TensorData {
  const size = sizeOf(shape);
  const data =
    dtype === 'float32'
      ? new Float32Array(size)
      : dtype === 'int32'
        ? new Int32Array(size)
        : new Uint8Array(size);
  return { dtype, shape, data };
}

/** `float32[2,3]`: how specs are written in messages and cache keys. */
export function describeSpec({ dtype, shape }: TensorSpec): string {
  return `${dtype}[${shape.join(',')}]`;
}

function dtypeOf(data: TensorArray): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint8Array) return 'bool';
  throw new TypeError(
    `tensorData: data must be a Float32Array, an Int32Array or (for bool) a Uint8Array, got ${describe(data)}. Convert it, for example with Float32Array.from.`,
  );
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 4)}${value.length > 4 ? ', …' : ''}]`;
  return typeof value === 'object' && value !== null
    ? `a value of type ${value.constructor?.name}`
    : `${value}`;
}
