import { ELEMENT_TYPES, type ElementType, elementSize, isElementType } from '../tensor-files/element-type.ts';
import { isObject, parseUniqueJson, quote } from '../tensor-files/unique-json.ts';

/** Bytes before the header: its length, as an unsigned 64-bit integer. */
export const PREFIX_BYTES = 8;

/** The key of the header that is no tensor. */
export const METADATA_KEY = '__metadata__';

/** The format's own limit, so that a file's first bytes cannot ask for much memory. */
const MAX_HEADER_BYTES = 100_000_000;

/** Objects in the header are at most three deep: header, tensor, shape. */
const MAX_DEPTH = 3;

/** Where one tensor lies in a file. */
export interface HeaderEntry {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  /** Byte offset of the first element from the start of the file. */
  readonly begin: number;
  /** Byte offset after the last element. */
  readonly end: number;
}

/** What a file's header says. */
export interface Header {
  /** In file order. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Makes a refusal that says in which file, at which byte, what was expected. */
export type RefuseAt = (byte: number, problem: string) => RangeError;

/** @param owner the function whose errors they are @param source what errors call the file */
export function refuseFor(owner: string, source: string): RefuseAt {
  return (byte, problem) => new RangeError(`${owner}: ${source}, byte ${byte}: ${problem}.`);
}

/**
 * Length of the header in bytes, from the first eight bytes of a file.
 *
 * @param fileSize bytes in the whole file
 * @throws {RangeError} if the file is too short, or the header longer than the file or the format's limit
 */
export function headerLengthOf(prefix: Uint8Array, fileSize: number, refuse: RefuseAt): number {
  if (prefix.length < PREFIX_BYTES) {
    throw refuse(
      prefix.length,
      `the file must begin with ${PREFIX_BYTES} bytes of header length, it ends here`,
    );
  }
  const words = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES);
  const length = words.getUint32(0, true) + words.getUint32(4, true) * 2 ** 32;
  const limit = Math.min(MAX_HEADER_BYTES, fileSize - PREFIX_BYTES);
  if (length > limit) {
    throw refuse(
      0,
      `the header's length must be at most ${limit} bytes in a file of ${fileSize}, got ${length}`,
    );
  }
  return length;
}

/**
 * Reads and checks a header: known types, byte counts that fit the shapes, tensors side by side from the end of
 * the header to the end of the file, no name twice.
 *
 * @param bytes the header alone, without the length before it
 * @throws {RangeError} at the first thing that is wrong
 */
export function parseHeader(bytes: Uint8Array, fileSize: number, refuseAt: RefuseAt): Header {
  const refuse = (problem: string): RangeError => refuseAt(PREFIX_BYTES, problem);
  const fields = Object.entries(parseUniqueJson(bytes, MAX_DEPTH, 'the header', refuse));
  const dataStart = PREFIX_BYTES + bytes.length;
  const entries = fields
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, value]) => parseEntry(name, value, dataStart, refuse))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = dataStart;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) {
      const problem = begin < expected ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw refuseAt(begin, `tensor ${quote(name)} must begin at byte ${expected}, it ${problem}`);
    }
    if (end > fileSize) {
      throw refuseAt(fileSize, `tensor ${quote(name)} must end at byte ${end}, the file ends here`);
    }
    expected = end;
  }
  if (expected !== fileSize) {
    throw refuseAt(expected, `the file must end with its last tensor, got ${fileSize - expected} more bytes`);
  }
  const metadata = fields.find(([name]) => name === METADATA_KEY)?.[1] ?? {};
  return { entries, metadata: parseMetadata(metadata, refuse) };
}

type Refuse = (problem: string) => RangeError;

function parseEntry(name: string, value: unknown, dataStart: number, refuse: Refuse): HeaderEntry {
  const tensor = `tensor ${quote(name)}`;
  if (!isObject(value)) throw refuse(`${tensor} must be an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isElementType(dtype)) {
    throw refuse(`${tensor} must have a dtype of ${ELEMENT_TYPES.join(', ')}, got ${quote(dtype)}`);
  }
  if (!isCounts(shape))
    throw refuse(`${tensor} must have a shape of non-negative integers, got ${quote(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw refuse(`${tensor} must have data_offsets [begin, end], got ${quote(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const byteCount = shape.reduce((product, length) => product * length, elementSize(dtype));
  if (byteCount !== end - begin) {
    throw refuse(`${tensor} must take ${byteCount} bytes for ${dtype} ${quote(shape)}, got ${end - begin}`);
  }
  return { name, elementType: dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

function parseMetadata(value: unknown, refuse: Refuse): Record<string, string> {
  if (!isObject(value) || !Object.values(value).every((entry) => typeof entry === 'string')) {
    throw refuse(`${METADATA_KEY} must map names to strings, got ${quote(value)}`);
  }
  return value as Record<string, string>;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}
