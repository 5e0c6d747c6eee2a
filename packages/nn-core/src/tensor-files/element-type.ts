import { type DType, ShapeError, sizeOf, type TensorData } from '@wordloom/compile';

/**
 * The arrays that hold the elements of each type as files store them, by the names that safetensors gives the types.
 * JavaScript has no numbers of 16 and 8 bits with an exponent: F16, BF16 and F8 are held as their bits.
 */
export interface ElementArrays {
  U64: BigUint64Array;
  I64: BigInt64Array;
  F64: Float64Array;
  F32: Float32Array;
  U32: Uint32Array;
  I32: Int32Array;
  /** The upper half of a float32. */
  BF16: Uint16Array;
  /** IEEE 754 binary16. */
  F16: Uint16Array;
  U16: Uint16Array;
  I16: Int16Array;
  /** PyTorch's float8_e4m3fn: no infinities. */
  F8_E4M3: Uint8Array;
  /** PyTorch's float8_e5m2: the upper half of an F16. */
  F8_E5M2: Uint8Array;
  I8: Int8Array;
  U8: Uint8Array;
  /** One byte an element, 0 or 1. */
  BOOL: Uint8Array;
}

/** How an element is stored in a file. */
export type ElementType = keyof ElementArrays;

/** A tensor with its elements as a file stores them. */
export type RawTensor<Type extends ElementType = ElementType> = {
  [Each in Type]: {
    readonly elementType: Each;
    readonly shape: readonly number[];
    /** Row-major. */
    readonly data: ElementArrays[Each];
  };
}[Type];

interface ArrayConstructor<Data> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Data;
}

/** In the order in which safetensors files hold them: larger elements first, so that each is aligned. */
const ARRAYS: { readonly [Type in ElementType]: ArrayConstructor<ElementArrays[Type]> } = {
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
  F32: Float32Array,
  U32: Uint32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  U16: Uint16Array,
  I16: Int16Array,
  F8_E4M3: Uint8Array,
  F8_E5M2: Uint8Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/** All types, larger ones first. */
export const ELEMENT_TYPES: readonly ElementType[] = Object.keys(ARRAYS) as ElementType[];

export function isElementType(name: unknown): name is ElementType {
  return typeof name === 'string' && Object.hasOwn(ARRAYS, name);
}

/** Bytes that an element takes. */
export function elementSize(type: ElementType): number {
  return ARRAYS[type].BYTES_PER_ELEMENT;
}

/**
 * A tensor over the bytes of its elements, little-endian.
 *
 * @returns a view where the bytes are aligned to the elements, else of a copy
 */
export function tensorOfBytes(
  elementType: ElementType,
  shape: readonly number[],
  bytes: Uint8Array,
): RawTensor {
  const { BYTES_PER_ELEMENT: size } = ARRAYS[elementType];
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const data = new ARRAYS[elementType](buffer, byteOffset, length / size);
  return { elementType, shape, data } as RawTensor;
}

/** The bytes of a tensor's elements, by reference. */
export function bytesOfTensor({ data }: RawTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The type that elements have in a model: {@link toTensorData} gives them it. */
export function modelType(type: ElementType): DType {
  return type === 'BOOL' ? 'bool' : type.includes('F') ? 'float32' : 'int32';
}

const STORED_TYPES = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;

/**
 * A tensor as a file stores it: what is raw already stays as it is, a model's float32, int32 and bool are F32, I32 and BOOL.
 *
 * @param owner what errors start with, the tensor's name included
 * @throws {ShapeError} if the elements are not as many as the shape says, or in an array of another type
 */
export function toRawTensor(tensor: TensorData | RawTensor, owner: string): RawTensor {
  const { shape, data } = tensor;
  const elementType = 'elementType' in tensor ? tensor.elementType : STORED_TYPES[tensor.dtype];
  if (!isElementType(elementType)) {
    throw new TypeError(
      `${owner} must have an elementType of ${ELEMENT_TYPES.join(', ')}, got ${elementType}.`,
    );
  }
  const Expected = ARRAYS[elementType] as unknown as new () => unknown;
  if (!(data instanceof Expected) || data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `${owner} must be ${ARRAYS[elementType].name} of ${sizeOf(shape)} elements for ${elementType} [${shape}], got ${data?.constructor.name} of ${data?.length}.`,
    );
  }
  return { elementType, shape, data } as RawTensor;
}
