import type { TensorArray, TensorData } from '@wordloom/compile';
import { modelType, type RawTensor, toRawTensor } from './element-type.ts';
import {
  readBrainFloat16,
  readFloat8,
  readFloat16,
  writeBrainFloat16,
  writeFloat16,
} from './small-floats.ts';

/**
 * A file's tensor with the types that models compute with: floats become float32, integers int32, bool stays.
 *
 * @returns F32, I32 and BOOL by reference, others converted; F64 rounds
 * @throws {RangeError} if an integer does not fit int32
 */
export function toTensorData(tensor: RawTensor): TensorData {
  return convertTensor(tensor, (problem) => new RangeError(`toTensorData: ${problem}.`));
}

/** {@link toTensorData} with errors of the caller's. */
export function convertTensor(tensor: RawTensor, refuse: Refuse): TensorData {
  return { dtype: modelType(tensor.elementType), shape: tensor.shape, data: convert(tensor, refuse) };
}

type Refuse = (problem: string) => Error;

function convert({ elementType, data }: RawTensor, refuse: Refuse): TensorArray {
  switch (elementType) {
    case 'F32':
    case 'I32':
      return data;
    case 'F64':
      return new Float32Array(data);
    case 'F16':
      return readFloat16(data);
    case 'BF16':
      return readBrainFloat16(data);
    case 'F8_E4M3':
    case 'F8_E5M2':
      return readFloat8(data, elementType);
    case 'BOOL':
      return data.some((value) => value > 1) ? data.map((value) => (value ? 1 : 0)) : data;
    case 'I64':
    case 'U64':
      return narrow64(data, elementType, refuse);
    case 'U32':
      return narrow32(data, refuse);
    default:
      return new Int32Array(data);
  }
}

function narrow64(data: BigInt64Array | BigUint64Array, type: 'I64' | 'U64', refuse: Refuse): Int32Array {
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  const values = new Int32Array(data.length);
  for (let index = 0; index < values.length; index++) {
    const low = words[2 * index]!;
    const high = words[2 * index + 1]!;
    if (high !== low >> 31 || (high < 0 && type === 'U64')) throw refuse(tooWide(index, data[index]!));
    values[index] = low;
  }
  return values;
}

function narrow32(data: Uint32Array, refuse: Refuse): Int32Array {
  const wide = data.findIndex((value) => value > 0x7fff_ffff);
  if (wide >= 0) throw refuse(tooWide(wide, data[wide]!));
  return new Int32Array(data.buffer, data.byteOffset, data.length);
}

function tooWide(index: number, value: number | bigint): string {
  return `element ${index} must fit int32, got ${value}. Read the raw tensor`;
}

/** The types to which {@link castTensor} rounds. */
export type FloatElementType = 'F64' | 'F32' | 'F16' | 'BF16';

/**
 * Floats in another of the types that files hold, to write a model in half the bytes, for example. Rounds to nearest, halves
 * to even, as PyTorch does; beyond the largest number to infinity.
 *
 * @returns the same elements if they are of that type already, else a copy
 * @throws {TypeError} if the tensor holds no floats
 * @example
 * const weights = Object.entries(modelData(model)).map(([name, tensor]) => [name, castTensor(tensor, 'BF16')]);
 * await writeSafetensors('model.safetensors', Object.fromEntries(weights), { format: 'pt' });
 */
export function castTensor(tensor: TensorData | RawTensor, elementType: FloatElementType): RawTensor {
  const raw = toRawTensor(tensor, 'castTensor: tensor');
  if (modelType(raw.elementType) !== 'float32') {
    throw new TypeError(`castTensor: tensor must hold floats, got ${raw.elementType}.`);
  }
  if (raw.elementType === elementType) return raw;
  const { shape } = raw;
  const floats = toTensorData(raw).data as Float32Array;
  switch (elementType) {
    case 'F64':
      return { elementType, shape, data: new Float64Array(floats) };
    case 'F32':
      return { elementType, shape, data: floats };
    case 'F16':
      return { elementType, shape, data: writeFloat16(floats) };
    case 'BF16':
      return { elementType, shape, data: writeBrainFloat16(floats) };
  }
}
