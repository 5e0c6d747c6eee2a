import { describeValue } from '../describe-value.ts';
import { WordVectors } from '../vectors/word-vectors.ts';
import type { RefuseAt } from './byte-reader.ts';
import { decodeWord } from './decode-word.ts';

/** Bytes before the header: its length, as an unsigned 64-bit integer. */
export const PREFIX_BYTES = 8;

/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;

const VECTORS = 'vectors';
const WORD_BYTES = 'words.utf8';
const WORD_ENDS = 'words.ends';

const ELEMENT_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, U32: 4, I32: 4, U8: 1 } as const;
type ElementType = keyof typeof ELEMENT_BYTES;

/** Where a tensor lies in a file. */
export interface TensorPlace {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Byte offset of its first element. */
  readonly begin: number;
  readonly end: number;
}

/** What a file of words and vectors says of itself. */
export interface SafetensorsLayout {
  readonly vectors: TensorPlace;
  /** Absent where the words lie elsewhere. */
  readonly wordBytes: TensorPlace | undefined;
  readonly wordEnds: TensorPlace | undefined;
}

/** Bytes of the header after its first eight, which tell. */
export function headerBytes(prefix: Uint8Array, fileSize: number, refuse: RefuseAt): number {
  if (prefix.length < PREFIX_BYTES)
    throw refuse(prefix.length, 'the file must begin with 8 bytes of header length');
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const most = Math.min(MAX_HEADER_BYTES, fileSize - PREFIX_BYTES);
  if (length > most) throw refuse(0, `the header's length must be at most ${most}, got ${length}`);
  return length;
}

/**
 * Finds the tensors of words and vectors in the header of a safetensors file.
 *
 * @param header   without the length before it
 * @param fileSize bytes in the whole file
 * @param tensor   the name of the vectors' tensor; default `vectors`, else the only one of two dimensions
 */
export function readLayout(
  header: Uint8Array,
  fileSize: number,
  tensor: string | undefined,
  refuse: RefuseAt,
): SafetensorsLayout {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header)) as Record<string, unknown>;
    if (typeof fields !== 'object' || fields === null) throw new Error();
  } catch {
    throw refuse(PREFIX_BYTES, 'the header must be a JSON object');
  }
  const start = PREFIX_BYTES + header.length;
  const place = (name: string): TensorPlace | undefined =>
    Object.hasOwn(fields, name) ? readPlace(name, fields[name], start, fileSize, refuse) : undefined;
  const name = tensor ?? (Object.hasOwn(fields, VECTORS) ? VECTORS : onlyMatrix(fields));
  const vectors = name === undefined ? undefined : place(name);
  if (!vectors) {
    const found = Object.keys(fields).slice(0, 8).join(', ');
    throw refuse(
      PREFIX_BYTES,
      `the header must have a tensor ${describeValue(tensor ?? VECTORS)}, got ${found}`,
    );
  }
  if (vectors.shape.length !== 2 || vectors.shape[1] === 0) {
    throw refuse(PREFIX_BYTES, `tensor ${describeValue(name)} must be [words, size], got [${vectors.shape}]`);
  }
  if (!['F64', 'F32', 'F16', 'BF16'].includes(vectors.type)) {
    throw refuse(PREFIX_BYTES, `tensor ${describeValue(name)} must hold floats, got ${vectors.type}`);
  }
  const [wordBytes, wordEnds] = [place(WORD_BYTES), place(WORD_ENDS)];
  if (
    wordEnds &&
    (wordEnds.type !== 'U32' || wordEnds.shape.length !== 1 || wordEnds.shape[0] !== vectors.shape[0])
  ) {
    throw refuse(
      PREFIX_BYTES,
      `${WORD_ENDS} must be U32 [${vectors.shape[0]}], got ${wordEnds.type} [${wordEnds.shape}]`,
    );
  }
  if (wordBytes && (wordBytes.type !== 'U8' || wordBytes.shape.length !== 1)) {
    throw refuse(
      PREFIX_BYTES,
      `${WORD_BYTES} must be U8 [bytes], got ${wordBytes.type} [${wordBytes.shape}]`,
    );
  }
  return { vectors, wordBytes, wordEnds };
}

/** The words of the two tensors that hold them. */
export function decodeWords(
  bytes: Uint8Array,
  ends: Uint8Array,
  endsBegin: number,
  refuse: RefuseAt,
): string[] {
  const view = new DataView(ends.buffer, ends.byteOffset, ends.length);
  const words: string[] = [];
  let begin = 0;
  for (let at = 0; at < ends.length; at += 4) {
    const end = view.getUint32(at, true);
    if (end < begin || end > bytes.length) {
      throw refuse(
        endsBegin + at,
        `word ${at / 4 + 1} must end from ${begin} to ${bytes.length}, got ${end}`,
      );
    }
    const word = decodeWord(bytes, begin, end, 'refuse');
    if (word === undefined) throw refuse(endsBegin + at, `word ${at / 4 + 1} must be UTF-8`);
    words.push(word);
    begin = end;
  }
  return words;
}

/** Numbers of any kind of float, as float32. */
export function decodeFloats(bytes: Uint8Array, type: ElementType): Float32Array<ArrayBuffer> {
  const count = bytes.length / ELEMENT_BYTES[type];
  const floats = new Float32Array(count);
  if (type === 'F32' && LITTLE) {
    new Uint8Array(floats.buffer).set(bytes);
    return floats;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const bits = new Uint32Array(floats.buffer);
  for (let at = 0; at < count; at++) {
    if (type === 'F32') bits[at] = view.getUint32(4 * at, true);
    else if (type === 'F64') floats[at] = view.getFloat64(8 * at, true);
    else if (type === 'BF16') bits[at] = view.getUint16(2 * at, true) << 16;
    else floats[at] = halfToFloat(view.getUint16(2 * at, true));
  }
  return floats;
}

/** The byte order of this machine. */
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** @see IEEE 754, binary16 */
function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/**
 * Reads words and vectors from a safetensors file.
 *
 * @param file   all of its bytes
 * @param words  the words, for files that have vectors alone
 * @param tensor see {@link readLayout}
 */
export function readSafetensors(
  file: Uint8Array,
  refuse: RefuseAt,
  { words, tensor }: { words?: readonly string[] | undefined; tensor?: string | undefined } = {},
): WordVectors {
  const length = headerBytes(file.subarray(0, PREFIX_BYTES), file.length, refuse);
  const layout = readLayout(file.subarray(PREFIX_BYTES, PREFIX_BYTES + length), file.length, tensor, refuse);
  const { vectors, wordBytes, wordEnds } = layout;
  const part = ({ begin, end }: TensorPlace): Uint8Array => file.subarray(begin, end);
  if (!words && !(wordBytes && wordEnds)) {
    throw refuse(PREFIX_BYTES, `the words must be in tensors ${WORD_BYTES} and ${WORD_ENDS}, or be given`);
  }
  const names = words ?? decodeWords(part(wordBytes!), part(wordEnds!), wordEnds!.begin, refuse);
  const [count, size] = vectors.shape as [number, number];
  if (names.length !== count) {
    throw refuse(PREFIX_BYTES, `the words must be as many as the vectors, got ${names.length} and ${count}`);
  }
  const table = decodeFloats(part(vectors), vectors.type);
  checkFinite(table, vectors, refuse);
  return new WordVectors(names, table, size);
}

function checkFinite(table: Float32Array, { begin, type }: TensorPlace, refuse: RefuseAt): void {
  for (let at = 0; at < table.length; at++) {
    if (table[at]! * 0 !== 0) {
      throw refuse(begin + at * ELEMENT_BYTES[type], `numbers must be finite, got ${table[at]}`);
    }
  }
}

/** A safetensors file, in parts: `vectors` F32 `[words, size]`, `words.utf8` U8, all words without anything between them, and `words.ends` U32. */
export function* writeSafetensors({ words, table, size }: WordVectors): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const encoded = encoder.encode(words.join(''));
  const ends = new DataView(new ArrayBuffer(4 * words.length));
  let end = 0;
  for (const [row, word] of words.entries()) {
    end += encoder.encode(word).length;
    ends.setUint32(4 * row, end, true);
  }
  if (end !== encoded.length || end >= 2 ** 32) {
    throw new RangeError('writeSafetensors: words must be well-formed Unicode of less than 4 GiB.');
  }
  const vectorsEnd = 4 * table.length;
  const endsEnd = vectorsEnd + 4 * words.length;
  const header = encoder.encode(
    JSON.stringify({
      __metadata__: { format: 'wordloom.word-vectors' },
      [VECTORS]: { dtype: 'F32', shape: [words.length, size], data_offsets: [0, vectorsEnd] },
      [WORD_ENDS]: { dtype: 'U32', shape: [words.length], data_offsets: [vectorsEnd, endsEnd] },
      [WORD_BYTES]: {
        dtype: 'U8',
        shape: [encoded.length],
        data_offsets: [endsEnd, endsEnd + encoded.length],
      },
    }),
  );
  const head = new Uint8Array(PREFIX_BYTES + Math.ceil(header.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - PREFIX_BYTES), true);
  head.set(header, PREFIX_BYTES);
  yield head;
  for (let at = 0; at < table.length; at += PART) {
    const part = table.subarray(at, at + PART);
    const bytes = new DataView(new ArrayBuffer(4 * part.length));
    for (let index = 0; index < part.length; index++) bytes.setFloat32(4 * index, part[index]!, true);
    yield new Uint8Array(bytes.buffer);
  }
  yield new Uint8Array(ends.buffer);
  yield encoded;
}

/** Numbers written at once. */
const PART = 1 << 18;

function onlyMatrix(fields: Record<string, unknown>): string | undefined {
  const matrices = Object.entries(fields).filter(
    ([name, field]) =>
      name !== '__metadata__' && (field as { shape?: unknown[] } | null)?.shape?.length === 2,
  );
  return matrices.length === 1 ? matrices[0]![0] : undefined;
}

function readPlace(
  name: string,
  field: unknown,
  start: number,
  fileSize: number,
  refuse: RefuseAt,
): TensorPlace {
  const { dtype, shape, data_offsets: offsets } = (field ?? {}) as Record<string, unknown>;
  if (
    typeof dtype !== 'string' ||
    !Object.hasOwn(ELEMENT_BYTES, dtype) ||
    !isCounts(shape) ||
    !isCounts(offsets)
  ) {
    throw refuse(
      PREFIX_BYTES,
      `tensor ${describeValue(name)} must have a known dtype, a shape and data_offsets`,
    );
  }
  const type = dtype as ElementType;
  const [begin, end] = [start + offsets[0]!, start + offsets[1]!];
  const needed = shape.reduce((product, length) => product * length, ELEMENT_BYTES[type]);
  if (offsets.length !== 2 || end - begin !== needed) {
    throw refuse(PREFIX_BYTES, `tensor ${describeValue(name)} must take ${needed} bytes, got ${end - begin}`);
  }
  if (end > fileSize) {
    throw refuse(fileSize, `tensor ${describeValue(name)} must end at byte ${end}, the file ends here`);
  }
  return { type, shape, begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}
