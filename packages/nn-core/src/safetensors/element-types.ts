import type { DType, TensorArray } from '@wordloom/compile';

/** How one of the format's element types is stored and read. */
export interface ElementType {
  /** Bytes an element takes in the file. */
  readonly size: number;
  /** The type it has in memory. */
  readonly dtype: DType;
  /**
   * @param bytes the tensor's bytes, at any alignment
   * @returns a view where the file's type is the memory's and the bytes are aligned, else a copy
   * @throws {RangeError} if a value does not fit the memory's type
   */
  read(bytes: Uint8Array): TensorArray;
}

/** The element types that are read. Halves and doubles become float32, integers int32. Little-endian throughout. */
export const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['F64', { size: 8, dtype: 'float32', read: (bytes) => new Float32Array(view(Float64Array, bytes)) }],
  ['F32', { size: 4, dtype: 'float32', read: (bytes) => view(Float32Array, bytes) }],
  ['F16', { size: 2, dtype: 'float32', read: readFloat16 }],
  ['BF16', { size: 2, dtype: 'float32', read: readBrainFloat16 }],
  ['I64', { size: 8, dtype: 'int32', read: readInt64 }],
  ['I32', { size: 4, dtype: 'int32', read: (bytes) => view(Int32Array, bytes) }],
  ['I16', { size: 2, dtype: 'int32', read: (bytes) => new Int32Array(view(Int16Array, bytes)) }],
  ['I8', { size: 1, dtype: 'int32', read: (bytes) => new Int32Array(view(Int8Array, bytes)) }],
  ['U8', { size: 1, dtype: 'int32', read: (bytes) => new Int32Array(bytes) }],
  ['BOOL', { size: 1, dtype: 'bool', read: (bytes) => bytes }],
]);

interface ViewConstructor<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
}

function view<T>(Type: ViewConstructor<T>, bytes: Uint8Array): T {
  const size = Type.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new Type(aligned.buffer, aligned.byteOffset, aligned.length / size);
}

/** Sign, 5 bits of exponent, 10 of fraction, moved to where float32 has them (1, 8, 23). */
function readFloat16(bytes: Uint8Array): Float32Array {
  const halves = view(Uint16Array, bytes);
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0)
      floats[index] = (sign ? -fraction : fraction) * 2 ** -24; // zero and subnormal numbers
    else bits[index] = sign | ((exponent === 0x1f ? 0xff : exponent + 112) << 23) | (fraction << 13);
  }
  return floats;
}

/** The upper half of a float32. */
function readBrainFloat16(bytes: Uint8Array): Float32Array {
  const halves = view(Uint16Array, bytes);
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return new Float32Array(bits.buffer);
}

function readInt64(bytes: Uint8Array): Int32Array {
  const words = view(Int32Array, bytes);
  const values = new Int32Array(words.length / 2);
  for (let index = 0; index < values.length; index++) {
    const low = words[2 * index]!;
    if (words[2 * index + 1] !== low >> 31) {
      throw new RangeError(`element ${index} must fit 32 bits; wider integers are not read`);
    }
    values[index] = low;
  }
  return values;
}
