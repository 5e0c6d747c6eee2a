import { ELEMENT_TYPES, type ElementType } from './element-types.ts';

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
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** A refusal that says in which file, at which byte, what was expected. */
export function refusal(source: string, byte: number, problem: string): RangeError {
  return new RangeError(`decodeSafetensors: ${source}, byte ${byte}: ${problem}.`);
}

/**
 * Length of the header in bytes, from the first eight bytes of a file.
 *
 * @param fileSize bytes in the whole file
 * @throws {RangeError} if the file is too short, or the header longer than the file or the format's limit
 */
export function headerLengthOf(prefix: Uint8Array, fileSize: number, source: string): number {
  if (prefix.length < PREFIX_BYTES) {
    throw refusal(
      source,
      prefix.length,
      `the file must begin with ${PREFIX_BYTES} bytes of header length, it ends here`,
    );
  }
  const words = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES);
  const length = words.getUint32(0, true) + words.getUint32(4, true) * 2 ** 32;
  const limit = Math.min(MAX_HEADER_BYTES, fileSize - PREFIX_BYTES);
  if (length > limit) {
    throw refusal(
      source,
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
export function parseHeader(bytes: Uint8Array, fileSize: number, source: string): Header {
  const refuse = (problem: string): RangeError => refusal(source, PREFIX_BYTES, problem);
  if (bytes[0] !== 0x7b) throw refuse('the header must begin with {');
  const fields = Object.entries(parseObject(bytes, refuse));
  const dataStart = PREFIX_BYTES + bytes.length;
  const entries = fields
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, value]) => parseEntry(name, value, dataStart, refuse))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = dataStart;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) {
      const problem = begin < expected ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw refusal(source, begin, `tensor ${quote(name)} must begin at byte ${expected}, it ${problem}`);
    }
    if (end > fileSize) {
      throw refusal(source, fileSize, `tensor ${quote(name)} must end at byte ${end}, the file ends here`);
    }
    expected = end;
  }
  if (expected !== fileSize) {
    throw refusal(
      source,
      expected,
      `the file must end with its last tensor, got ${fileSize - expected} more bytes`,
    );
  }
  const metadata = fields.find(([name]) => name === METADATA_KEY)?.[1] ?? {};
  return { entries, metadata: parseMetadata(metadata, refuse) };
}

type Refuse = (problem: string) => RangeError;

function parseObject(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse('the header must be UTF-8');
  }
  requireFlatAndUnique(text, refuse);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw refuse(`the header must be JSON: ${(error as Error).message}`);
  }
}

/** JSON.parse takes the last of two equal keys and any depth; a hostile header could use either. */
function requireFlatAndUnique(text: string, refuse: Refuse): void {
  const scopes: (Set<string> | undefined)[] = []; // the keys of each open object; undefined for an array
  let expectsKey = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '{' || character === '[') {
      scopes.push(character === '{' ? new Set() : undefined);
      expectsKey = character === '{';
      if (scopes.length > MAX_DEPTH) throw refuse(`the header must be at most ${MAX_DEPTH} levels deep`);
    } else if (character === '}' || character === ']') {
      scopes.pop();
    } else if (character === ',') {
      expectsKey = true;
    } else if (character === '"') {
      const start = index++;
      while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
      const keys = scopes.at(-1);
      if (keys && expectsKey) {
        const key = unescaped(text.slice(start, index + 1));
        if (keys.has(key)) throw refuse(`the header must name everything once, got ${quote(key)} twice`);
        keys.add(key);
      }
      expectsKey = false;
    }
  }
}

/** A malformed literal stays as it is: JSON.parse of the whole header will refuse it. */
function unescaped(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal;
  }
}

function parseEntry(name: string, value: unknown, dataStart: number, refuse: Refuse): HeaderEntry {
  const tensor = `tensor ${quote(name)}`;
  if (!isObject(value)) throw refuse(`${tensor} must be an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  const elementType = typeof dtype === 'string' ? ELEMENT_TYPES.get(dtype) : undefined;
  if (!elementType) {
    throw refuse(
      `${tensor} must have a dtype of ${[...ELEMENT_TYPES.keys()].join(', ')}, got ${quote(dtype)}`,
    );
  }
  if (!isCounts(shape))
    throw refuse(`${tensor} must have a shape of non-negative integers, got ${quote(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw refuse(`${tensor} must have data_offsets [begin, end], got ${quote(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const byteCount = shape.reduce((product, length) => product * length, elementType.size);
  if (byteCount !== end - begin) {
    throw refuse(`${tensor} must take ${byteCount} bytes for ${dtype} ${quote(shape)}, got ${end - begin}`);
  }
  return { name, elementType, shape, begin: dataStart + begin, end: dataStart + end };
}

function parseMetadata(value: unknown, refuse: Refuse): Record<string, string> {
  if (!isObject(value) || !Object.values(value).every((entry) => typeof entry === 'string')) {
    throw refuse(`${METADATA_KEY} must map names to strings, got ${quote(value)}`);
  }
  return value as Record<string, string>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

/** As JSON, shortened: what a hostile file says may be long. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
