import { describeSpec, ShapeError, sizeOf, type TensorData } from './tensor-data.ts';

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * Sees that these are tensors on the host, each with an array of its type and of its shape's length.
 *
 * @param caller for messages
 * @throws {TypeError} if one is something else, such as a tfjs tensor
 * @throws {ShapeError} if an array is shorter or longer than its shape says
 */
export function requireTensors(caller: string, tensors: Readonly<Record<string, TensorData>>): void {
  for (const [name, tensor] of Object.entries(tensors ?? {})) {
    const { dtype, shape, data } = (tensor ?? {}) as Partial<TensorData>;
    const Type = ARRAYS[dtype as TensorData['dtype']];
    if (!Array.isArray(shape) || !Type || !(data instanceof Type)) {
      throw new TypeError(
        `${caller}: input "${name}" must be a tensor on the host, float32 with a Float32Array, int32 with an Int32Array or bool with a Uint8Array, got ${describe(tensor)}. Make one with tensorData(array, shape), or of a tfjs tensor with toTensorData.`,
      );
    }
    if (data.length !== sizeOf(shape)) {
      throw new ShapeError(
        `${caller}: input "${name}" is ${describeSpec({ dtype: dtype!, shape })}, so its data must have ${sizeOf(shape)} elements, got ${data.length}.`,
      );
    }
  }
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${value}`;
  const { dtype, shape, data } = value as Partial<TensorData>;
  const name = (object: object): string => object.constructor?.name ?? 'Object';
  if (dtype === undefined || shape === undefined) return `a value of type ${name(value)}`;
  return `${dtype}[${shape}] ${typeof data === 'object' ? `with an array of type ${name(data)}` : 'without data'}`;
}
