/** ONNX's element types with a size in whole bits. */
export type OnnxElementType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64'
  | 'complex64'
  | 'complex128'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'uint4'
  | 'int4'
  | 'float4e2m1';

/** `TensorProto.DataType` numbers, and the bits of an element. */
export const ELEMENT_TYPES: Readonly<
  Record<OnnxElementType, { readonly number: number; readonly bits: number }>
> = {
  float32: { number: 1, bits: 32 },
  uint8: { number: 2, bits: 8 },
  int8: { number: 3, bits: 8 },
  uint16: { number: 4, bits: 16 },
  int16: { number: 5, bits: 16 },
  int32: { number: 6, bits: 32 },
  int64: { number: 7, bits: 64 },
  bool: { number: 9, bits: 8 },
  float16: { number: 10, bits: 16 },
  float64: { number: 11, bits: 64 },
  uint32: { number: 12, bits: 32 },
  uint64: { number: 13, bits: 64 },
  complex64: { number: 14, bits: 64 },
  complex128: { number: 15, bits: 128 },
  bfloat16: { number: 16, bits: 16 },
  float8e4m3fn: { number: 17, bits: 8 },
  float8e4m3fnuz: { number: 18, bits: 8 },
  float8e5m2: { number: 19, bits: 8 },
  float8e5m2fnuz: { number: 20, bits: 8 },
  uint4: { number: 21, bits: 4 },
  int4: { number: 22, bits: 4 },
  float4e2m1: { number: 23, bits: 4 },
};

/** The number of ONNX's strings, which have no size. */
export const STRING_TYPE = 8;
