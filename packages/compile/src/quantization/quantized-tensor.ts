import { ShapeError, sizeOf } from '../tensor-data.ts';
import { fromFloat16 } from './float16.ts';

/** `float16`: half precision; `int8` and `int4`: integers with a factor for each block of a row. */
export type QuantizedType = 'float16' | 'int8' | 'int4';

/**
 * Numbers in few bits. Immutable; programs expand them for the moment in which they are used.
 *
 * A row is the last axis; its blocks hold `blockSize` elements, the last one padded with zeros. An element of a block is
 * (q − zero point) · scale.
 */
export interface QuantizedTensor {
  readonly type: QuantizedType;
  readonly shape: readonly number[];
  /** Elements of a row that share a scale; the row for `float16`, which has none. */
  readonly blockSize: number;
  /**
   * `float16`: the bits of each number, in a Uint16Array. `int8`: `[rows, blocks, blockSize]` in an Int8Array. `int4`: numbers from 0
   * to 15, `[rows, blocks, blockSize / 2]` in a Uint8Array; byte j of a block holds element j in its lower and element j + blockSize / 2
   * in its upper half.
   */
  readonly data: Uint16Array | Int8Array | Uint8Array;
  /** `[rows, blocks]`; only integers have them. */
  readonly scales?: Float32Array;
  /** `[rows, blocks]`, of the data's type; default 0 for `int8`, 8 for `int4`. */
  readonly zeroPoints?: Int8Array | Uint8Array;
  /** Bytes of all arrays. */
  readonly byteLength: number;
}

/** Bits of one element. */
export const BITS: Readonly<Record<QuantizedType, number>> = { float16: 16, int8: 8, int4: 4 };

/** What stands for zero in blocks without a zero point. */
export const DEFAULT_ZERO_POINT: Readonly<Record<QuantizedType, number>> = { float16: 0, int8: 0, int4: 8 };

/** How the elements of a quantized tensor lie in memory. */
export interface BlockLayout {
  readonly rows: number;
  /** Elements of a row. */
  readonly columns: number;
  /** Blocks of a row. */
  readonly blocks: number;
}

/**
 * Puts stored arrays together, such as those of a file.
 *
 * @throws {ShapeError} if an array does not have the length that shape and block size give
 * @throws {TypeError} if an array is of the wrong type @throws {RangeError} if the block size is not a power of two from 16 on
 */
export function quantizedTensor(parts: Omit<QuantizedTensor, 'byteLength'>): QuantizedTensor {
  const { type, shape, blockSize, data, scales, zeroPoints } = parts;
  const { rows, columns, blocks } = blockLayout(parts);
  const isInteger = type !== 'float16';
  if (isInteger) requireBlockSize('quantizedTensor', blockSize);
  const required = isInteger ? (rows * blocks * blockSize * BITS[type]) / 8 : rows * columns;
  const ArrayType = { float16: Uint16Array, int8: Int8Array, int4: Uint8Array }[type];
  if (!(data instanceof ArrayType) || (zeroPoints && !(isInteger && zeroPoints instanceof ArrayType))) {
    throw new TypeError(
      `quantizedTensor: data and zeroPoints of ${type} must be ${ArrayType.name}, got ${data?.constructor.name} and ${zeroPoints?.constructor.name}.`,
    );
  }
  if ((scales !== undefined) !== isInteger) {
    throw new TypeError(`quantizedTensor: scales must be given for int8 and int4 only, got ${type}.`);
  }
  const fits =
    data.length === required && [scales, zeroPoints].every((part) => !part || part.length === rows * blocks);
  if (!fits) {
    throw new ShapeError(
      `quantizedTensor: data, scales and zeroPoints of ${type} [${shape}] must hold ${required}, ${rows * blocks} and ${rows * blocks} numbers, got ${data.length}, ${scales?.length ?? 'none'} and ${zeroPoints?.length ?? 'none'}.`,
    );
  }
  const byteLength = [data, scales, zeroPoints].reduce((sum, part) => sum + (part?.byteLength ?? 0), 0);
  return { ...parts, shape: [...shape], byteLength };
}

/** The numbers that a quantized tensor stands for, row-major. */
export function dequantize(tensor: QuantizedTensor): Float32Array {
  const { type, shape, blockSize, data, scales, zeroPoints } = tensor;
  if (type === 'float16') return fromFloat16(data as Uint16Array);
  const { columns, blocks } = blockLayout(tensor);
  const values = new Float32Array(sizeOf(shape));
  const half = blockSize / 2;
  let target = 0;
  for (let block = 0; target < values.length; block++) {
    const width = Math.min(blockSize, columns - (block % blocks) * blockSize);
    const scale = scales![block]!;
    const zeroPoint = zeroPoints?.[block] ?? DEFAULT_ZERO_POINT[type];
    const start = block * (type === 'int8' ? blockSize : half);
    for (let index = 0; index < width; index++) {
      const q =
        type === 'int8'
          ? data[start + index]!
          : index < half
            ? data[start + index]! & 15
            : data[start + index - half]! >> 4;
      values[target++] = (q - zeroPoint) * scale;
    }
  }
  return values;
}

/** @throws {ShapeError} if a tensor of this shape cannot have rows */
export function blockLayout({ shape, blockSize }: Pick<QuantizedTensor, 'shape' | 'blockSize'>): BlockLayout {
  const columns = shape.at(-1);
  if (!columns || sizeOf(shape) === 0) {
    throw new ShapeError(`quantize: shape must have a last axis and no empty one, got [${shape}].`);
  }
  return { rows: sizeOf(shape) / columns, columns, blocks: Math.ceil(columns / blockSize) };
}

export function requireBlockSize(caller: string, blockSize: number): void {
  if (!Number.isInteger(Math.log2(blockSize)) || blockSize < 16) {
    throw new RangeError(`${caller}: blockSize must be a power of two from 16 on, got ${blockSize}.`);
  }
}
