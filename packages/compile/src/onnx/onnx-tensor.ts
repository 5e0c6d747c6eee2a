import { fromFloat16 } from '../quantization/float16.ts';
import { type TensorData, tensorData } from '../tensor-data.ts';
import type { OnnxElementType } from './element-types.ts';

/** The arrays in which elements lie as a file stores them. */
export type OnnxArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[];

/** A tensor of an ONNX file, with its elements as they are stored. */
export interface OnnxTensor {
  readonly type: OnnxElementType | 'string';
  readonly shape: readonly number[];
  /**
   * Row-major. Half precision (`float16`, `bfloat16`) as bits in a Uint16Array; 8-bit floats and `bool` in a Uint8Array; 4-bit numbers two
   * to a byte, the first in the lower half; complex numbers as pairs.
   */
  readonly data: OnnxArray;
}

/**
 * A tensor as programs compute with it: floats become float32, integers int32.
 *
 * @returns a tensor on the array itself where it has the right type, else on a copy
 * @throws {TypeError} if the type has no such form (strings, complex numbers, 8-bit and 4-bit floats)
 * @throws {RangeError} if an integer does not fit int32
 */
export function fromOnnxTensor({ type, shape, data }: OnnxTensor): TensorData {
  if (type === 'float32') return tensorData(data as Float32Array, shape);
  if (type === 'float16') return tensorData(fromFloat16(data as Uint16Array), shape);
  if (type === 'bfloat16') {
    const bits = Uint32Array.from(data as Uint16Array, (half) => half << 16);
    return tensorData(new Float32Array(bits.buffer), shape);
  }
  if (type === 'float64') return tensorData(new Float32Array(data as Float64Array), shape);
  if (type === 'bool') return tensorData(data as Uint8Array, shape);
  if (type === 'int32') return tensorData(data as Int32Array, shape);
  if (type === 'int4' || type === 'uint4')
    return tensorData(unpacked(data as Uint8Array, type, shape), shape);
  if (!/^u?int/.test(type)) {
    throw new TypeError(
      `fromOnnxTensor: tensor must be of numbers that fit float32 or int32, got ${type}. Read its data.`,
    );
  }
  const integers = data as Int8Array | BigInt64Array;
  const values = new Int32Array(integers.length);
  for (let index = 0; index < values.length; index++) {
    values[index] = Number(integers[index]);
    if (values[index] !== Number(integers[index])) {
      throw new RangeError(
        `fromOnnxTensor: tensor must fit int32, got ${integers[index]} at index ${index}. Read its data.`,
      );
    }
  }
  return tensorData(values, shape);
}

function unpacked(bytes: Uint8Array, type: 'int4' | 'uint4', shape: readonly number[]): Int32Array {
  const values = new Int32Array(shape.reduce((product, size) => product * size, 1));
  for (let index = 0; index < values.length; index++) {
    const nibble = (bytes[index >> 1]! >> (4 * (index & 1))) & 15;
    values[index] = type === 'int4' && nibble > 7 ? nibble - 16 : nibble;
  }
  return values;
}
