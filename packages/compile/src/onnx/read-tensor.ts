import { ELEMENT_TYPES, type OnnxElementType, STRING_TYPE } from './element-types.ts';
import type { OnnxArray } from './onnx-tensor.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { fillFromField, STORAGE, viewOf } from './tensor-storage.ts';

/** Where a tensor's elements lie in another file. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** A tensor whose elements may lie elsewhere. */
export interface TensorEntry {
  readonly name: string;
  readonly type: OnnxElementType | 'string';
  readonly shape: readonly number[];
  readonly data: OnnxArray | ExternalPlace;
}

/** Everything of a TensorProto but its elements; of those, only how many there are. */
export interface TensorHead {
  readonly name: string;
  readonly typeNumber: number;
  readonly shape: readonly number[];
  readonly raw: Uint8Array | undefined;
  readonly isExternal: boolean;
  readonly external: ReadonlyMap<string, string>;
  /** By number of the field. */
  readonly counts: ReadonlyMap<number, number>;
}

/** More axes than any tensor has; a bound on what a file can make us collect. */
const MAX_RANK = 64;

/** The field of a TensorProto that holds strings. */
const STRING_FIELD = 6;

const TYPE_BY_NUMBER: ReadonlyMap<number, OnnxElementType> = new Map(
  (Object.keys(ELEMENT_TYPES) as OnnxElementType[]).map((type) => [ELEMENT_TYPES[type].number, type]),
);

/** What a number in a file means. @throws {RangeError} if it means nothing */
export function elementTypeOf(number: number, reader: ProtobufReader): OnnxElementType | 'string' {
  const type = number === STRING_TYPE ? 'string' : TYPE_BY_NUMBER.get(number);
  if (type === undefined) throw reader.refuse(`an element type must be from 1 to 23, got ${number}`);
  return type;
}

/** Reads a TensorProto without its elements. */
export function readTensorHead(reader: ProtobufReader): TensorHead {
  let [name, typeNumber, isExternal] = ['', 0, false];
  let raw: Uint8Array | undefined;
  const shape: number[] = [];
  const external = new Map<string, string>();
  const counts = new Map<number, number>();
  const count = (field: number, more: number): void => {
    counts.set(field, (counts.get(field) ?? 0) + more);
  };
  const countIntegers = (field: number) => () => count(field, reader.countIntegers());
  reader.read({
    1: () => reader.integers((size) => shape.push(requireSize(size, shape, reader))),
    2: () => {
      typeNumber = reader.number();
    },
    3: () => {
      throw reader.refuse('a tensor must not be in segments');
    },
    4: () => count(4, reader.fixed(4).length / 4),
    5: countIntegers(5),
    [STRING_FIELD]: () => {
      reader.bytes();
      count(STRING_FIELD, 1);
    },
    7: countIntegers(7),
    8: () => {
      name = reader.string();
    },
    9: () => {
      raw = reader.bytes();
    },
    10: () => count(10, reader.fixed(8).length / 8),
    11: countIntegers(11),
    13: () => external.set(...readPair(reader.message())),
    14: () => {
      isExternal = reader.number() === 1;
    },
  });
  return { name, typeNumber, shape, raw, isExternal, external, counts };
}

/**
 * Reads a TensorProto. Views of the file where the elements lie in it as in memory, and aligned.
 *
 * @param name the tensor's, or that of the node which holds it
 * @throws {RangeError} if it is not what it says
 */
export function readTensor(reader: ProtobufReader, head: TensorHead, name: string): TensorEntry {
  const { shape, raw, isExternal, external, counts } = head;
  const type = elementTypeOf(head.typeNumber, reader);
  const count = shape.reduce((product, size) => product * size, 1);
  const refuse = (problem: string): RangeError =>
    reader.refuse(`tensor ${JSON.stringify(name)}, ${type} [${shape}]: ${problem}`);
  if (type === 'string') {
    const found = counts.get(STRING_FIELD) ?? 0;
    if (found !== count) throw refuse(`it must have ${count} strings in the file, got ${found}`);
    const strings: string[] = [];
    reader.read({ [STRING_FIELD]: () => strings.push(reader.string()) });
    return { name, type, shape, data: strings };
  }
  const byteLength = Math.ceil((count * ELEMENT_TYPES[type].bits) / 8);
  if (isExternal) return { name, type, shape, data: placeOf(external, byteLength, refuse) };
  if (raw) {
    if (raw.length !== byteLength) throw refuse(`it must have ${byteLength} bytes, got ${raw.length}`);
    return { name, type, shape, data: viewOf(type, raw) };
  }
  const { ArrayType, field } = STORAGE[type];
  const length = byteLength / ArrayType.BYTES_PER_ELEMENT;
  const found = counts.get(field) ?? 0;
  if (found !== length) throw refuse(`it must have ${length} numbers, got ${found}`);
  const data = new ArrayType(length);
  fillFromField(reader, field, data);
  return { name, type, shape, data };
}

function requireSize(size: bigint, before: readonly number[], reader: ProtobufReader): number {
  if (size < 0n || size > Number.MAX_SAFE_INTEGER || before.length === MAX_RANK)
    throw reader.refuse(`a shape must have at most ${MAX_RANK} sizes from 0 to 2^53 - 1, got ${size}`);
  return Number(size);
}

/** A StringStringEntryProto. */
export function readPair(reader: ProtobufReader): [key: string, value: string] {
  let [key, value] = ['', ''];
  reader.read({
    1: () => {
      key = reader.string();
    },
    2: () => {
      value = reader.string();
    },
  });
  return [key, value];
}

function placeOf(
  external: ReadonlyMap<string, string>,
  byteLength: number,
  refuse: (problem: string) => RangeError,
): ExternalPlace {
  const number = (key: string, fallback: number): number => {
    const text = external.get(key) ?? `${fallback}`;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value))
      throw refuse(`its ${key} must be a number of bytes, got ${JSON.stringify(text)}`);
    return value;
  };
  const location = external.get('location');
  if (!location) throw refuse('its elements must be in the file or have a location');
  const [offset, length] = [number('offset', 0), number('length', byteLength)];
  if (length !== byteLength) throw refuse(`its length must be ${byteLength} bytes, got ${length}`);
  return { location, offset, length };
}
