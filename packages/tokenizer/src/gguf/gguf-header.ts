import { type GgufNumberKind, type GgufNumbers, GgufReader } from './gguf-reader.ts';
import { type GgufTensorInfo, readTensorInfos } from './gguf-tensors.ts';

/** A value of a GGUF file; integers of 64 bits that a number cannot hold are bigints. */
export type GgufValue = number | bigint | boolean | string | GgufNumbers | readonly GgufValue[];

/** What a GGUF file says of itself. */
export interface GgufMetadata {
  readonly version: number;
  readonly isLittleEndian: boolean;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Where in the file each value begins, in bytes; for error messages. */
  readonly valueOffsets: ReadonlyMap<string, number>;
  readonly tensors: readonly GgufTensorInfo[];
  /** What places of tensors are multiples of, in bytes. */
  readonly alignment: number;
  /** Where the data of the tensors begins, in bytes from the beginning of the file. */
  readonly dataOffset: number;
}

/**
 * Reads the header from the beginning of a file.
 *
 * @param size bytes of the whole file, of which `bytes` may be the beginning only
 * @throws {NeedsBytes} if the header goes on after `bytes`
 */
export function decodeGgufHeader(bytes: Uint8Array, size: number, place: string): GgufMetadata {
  const reader = new GgufReader(bytes, size, place);
  const magic = reader.take(4, 'the magic number');
  if (String.fromCharCode(...magic) !== 'GGUF')
    throw reader.misplaced(0, 'begin with the bytes "GGUF"', 'others');
  let version = reader.uint32('the version');
  // A version that is only large because its bytes are the other way round.
  if ((version & 0xffff) === 0) {
    reader.isLittleEndian = false;
    version = ((version >>> 24) | ((version >>> 8) & 0xff00)) >>> 0;
  }
  if (version !== 2 && version !== 3) throw reader.misplaced(4, 'have version 2 or 3', version);
  const tensorCount = reader.count('the number of tensors', SMALLEST_TENSOR);
  const valueCount = reader.count('the number of values', SMALLEST_VALUE);
  const metadata = new Map<string, GgufValue>();
  const valueOffsets = new Map<string, number>();
  for (let index = 0; index < valueCount; index++) {
    const start = reader.position;
    const key = reader.string('a key');
    if (metadata.has(key))
      throw reader.misplaced(start, 'have each key once', JSON.stringify(key.slice(0, 80)));
    const type = reader.uint32(`the type of ${JSON.stringify(key)}`);
    valueOffsets.set(key, reader.position);
    metadata.set(key, readValue(reader, type, key, 0));
  }
  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || !(alignment > 0) || alignment % 8 !== 0 || alignment > 2 ** 20) {
    throw reader.misplaced(
      valueOffsets.get('general.alignment')!,
      'have a multiple of 8, at most 1048576, as general.alignment',
      String(alignment),
    );
  }
  const { tensors, dataOffset } = readTensorInfos(reader, tensorCount, alignment);
  return {
    version,
    isLittleEndian: reader.isLittleEndian,
    metadata,
    valueOffsets,
    tensors,
    alignment,
    dataOffset,
  };
}

/** Bytes that a value takes at least: the length of a key, a type and one byte. */
const SMALLEST_VALUE = 13;
/** The length of a name, the number of dimensions, a type and an offset. */
const SMALLEST_TENSOR = 24;
/** Arrays in arrays in arrays are allowed, but not endlessly. */
const DEEPEST = 4;

function readValue(reader: GgufReader, type: number, key: string, depth: number): GgufValue {
  const what = `the value of ${JSON.stringify(key.slice(0, 80))}`;
  if (type === STRING) return reader.string(what);
  if (type === BOOLEAN) return readBoolean(reader, what);
  if (type === ARRAY) {
    const elementType = reader.uint32(`the type of the elements of ${what}`);
    const start = reader.position;
    if (elementType !== STRING && elementType !== ARRAY && elementType !== BOOLEAN && !numbers[elementType]) {
      throw reader.misplaced(start - 4, `have elements of a type from 0 to 12 in ${what}`, elementType);
    }
    if (elementType === ARRAY && depth === DEEPEST) {
      throw reader.misplaced(start - 4, `nest arrays at most ${DEEPEST} levels deep in ${what}`, 'more');
    }
    const width = numbers[elementType]?.BYTES_PER_ELEMENT ?? { [STRING]: 8, [ARRAY]: 12 }[elementType] ?? 1;
    const count = reader.count(`the length of ${what}`, width);
    return readArray(reader, elementType, count, key, depth);
  }
  const position = reader.position;
  const kind = numbers[type];
  if (!kind) throw reader.misplaced(position - 4, `have a type from 0 to 12 for ${what}`, type);
  const value = reader.numbers(kind, 1, what)[0]!;
  if (typeof value === 'number') return value;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function readArray(
  reader: GgufReader,
  type: number,
  count: number,
  key: string,
  depth: number,
): GgufNumbers | GgufValue[] {
  const kind = numbers[type];
  if (kind) return reader.numbers(kind, count, `the value of ${JSON.stringify(key)}`);
  const values: GgufValue[] = [];
  const what = `a string of ${JSON.stringify(key)}`;
  if (type === STRING) {
    for (let index = 0; index < count; index++) values.push(reader.string(what));
    return values;
  }
  for (let index = 0; index < count; index++) {
    values.push(readValue(reader, type, `${key}[${index}]`, depth + 1));
  }
  return values;
}

function readBoolean(reader: GgufReader, what: string): boolean {
  const byte = reader.take(1, what)[0]!;
  if (byte > 1) throw reader.misplaced(reader.position - 1, `have 0 or 1 as ${what}`, byte);
  return byte === 1;
}

const BOOLEAN = 7;
const STRING = 8;
const ARRAY = 9;

/** Types of numbers by their number in the file. */
const numbers: Readonly<Record<number, GgufNumberKind>> = {
  0: Uint8Array,
  1: Int8Array,
  2: Uint16Array,
  3: Int16Array,
  4: Uint32Array,
  5: Int32Array,
  6: Float32Array,
  10: BigUint64Array,
  11: BigInt64Array,
  12: Float64Array,
};
