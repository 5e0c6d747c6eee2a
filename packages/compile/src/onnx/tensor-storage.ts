import type { OnnxElementType } from './element-types.ts';
import type { OnnxArray } from './onnx-tensor.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** Arrays of numbers. */
export type NumberArray = Exclude<OnnxArray, readonly string[]>;

interface ArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): NumberArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumberArray;
}

/** How elements of a type lie in memory, and in a TensorProto that does not have them as raw bytes. */
export interface ElementStorage {
  readonly ArrayType: ArrayConstructor;
  /** The field: 4 floats, 5 and 7 integers of 32 and 64 bits, 10 doubles, 11 integers without sign. */
  readonly field: 4 | 5 | 7 | 10 | 11;
}

const storage = (ArrayType: unknown, field: ElementStorage['field']): ElementStorage => ({
  ArrayType: ArrayType as ArrayConstructor,
  field,
});

/** By type. */
export const STORAGE: Readonly<Record<OnnxElementType, ElementStorage>> = {
  float32: storage(Float32Array, 4),
  float64: storage(Float64Array, 10),
  complex64: storage(Float32Array, 4),
  complex128: storage(Float64Array, 10),
  int8: storage(Int8Array, 5),
  uint8: storage(Uint8Array, 5),
  int16: storage(Int16Array, 5),
  uint16: storage(Uint16Array, 5),
  int32: storage(Int32Array, 5),
  uint32: storage(Uint32Array, 11),
  int64: storage(BigInt64Array, 7),
  uint64: storage(BigUint64Array, 11),
  bool: storage(Uint8Array, 5),
  float16: storage(Uint16Array, 5),
  bfloat16: storage(Uint16Array, 5),
  float8e4m3fn: storage(Uint8Array, 5),
  float8e4m3fnuz: storage(Uint8Array, 5),
  float8e5m2: storage(Uint8Array, 5),
  float8e5m2fnuz: storage(Uint8Array, 5),
  uint4: storage(Uint8Array, 5),
  int4: storage(Uint8Array, 5),
  float4e2m1: storage(Uint8Array, 5),
};

/** The elements in raw little-endian bytes: a view where they are aligned, else a copy. */
export function viewOf(type: OnnxElementType, bytes: Uint8Array): NumberArray {
  const { ArrayType } = STORAGE[type];
  const size = ArrayType.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new ArrayType(aligned.buffer, aligned.byteOffset, aligned.length / size);
}

/** Writes what stands in a field into an array that has room for it. @throws {RangeError} if a number does not fit */
export function fillFromField(
  reader: ProtobufReader,
  field: ElementStorage['field'],
  data: NumberArray,
): void {
  let position = 0;
  reader.read({
    [field]: () => {
      if (field === 4 || field === 10) {
        const bytes = reader.fixed(field === 4 ? 4 : 8);
        new Uint8Array(data.buffer).set(bytes, position);
        position += bytes.length;
        return;
      }
      reader.integers((value) => store(data, position++, value, reader));
    },
  });
}

function store(data: NumberArray, index: number, value: bigint, reader: ProtobufReader): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    data[index] = value; // modulo 2^64, as negative numbers without sign are written
    return;
  }
  const number = Number(value);
  data[index] = number;
  if (data[index] !== number) throw reader.refuse(`a number must fit the tensor's type, got ${value}`);
}
