import { describeValue } from '../describe-value.ts';
import { type RefuseAt, refuseFor } from '../files/byte-reader.ts';
import { decodeFloats, decodeWords, headerBytes, PREFIX_BYTES } from '../files/safetensors-format.ts';
import { Vocabulary } from '../vocabulary/vocabulary.ts';
import { resolveCooccurrenceSettings } from './count-cooccurrences.ts';
import { GloveModel, type GlovePosition } from './glove-model.ts';
import { requireGloveSettings } from './glove-options.ts';

const FORMAT = 'wordloom.glove-model';
const TABLES = ['table', 'biases', 'squares', 'biasSquares'] as const;

/**
 * A model as a safetensors file, in parts: `table` and `squares` F32 `[2 × words, size]`, `biases` and `biasSquares` F32 `[2 × words]`, `counts` F64,
 * `words.utf8` U8, all words without anything between them, and `words.ends` U32. Settings and position are JSON in its metadata.
 *
 * With it training goes on, also elsewhere: {@link decodeGloveModel}.
 */
export function* encodeGloveModel(model: GloveModel): Generator<Uint8Array<ArrayBuffer>> {
  const { vocabulary, settings, counting, position } = model;
  const encoder = new TextEncoder();
  const names = vocabulary.words.map((word) => encoder.encode(word));
  let end = 0;
  const ends = Uint32Array.from(names, ({ length }) => {
    end += length;
    return end;
  });
  const words = encoder.encode(vocabulary.words.join(''));
  if (words.length !== end || end >= 2 ** 32) {
    throw new RangeError('encodeGloveModel: words must be well-formed Unicode of less than 4 GiB.');
  }
  const rows = model.biases.length;
  const tensors: [string, string, number[], ArrayBufferView][] = [
    ['counts', 'F64', [ends.length], vocabulary.counts],
    ['table', 'F32', [rows, settings.size], model.table],
    ['squares', 'F32', [rows, settings.size], model.squares],
    ['biases', 'F32', [rows], model.biases],
    ['biasSquares', 'F32', [rows], model.biasSquares],
    ['words.ends', 'U32', [ends.length], ends],
    ['words.utf8', 'U8', [words.length], words],
  ];
  const parts = Object.entries({ settings, counting, position }).map(([name, value]) => [
    name,
    JSON.stringify(value),
  ]);
  const header: Record<string, unknown> = { __metadata__: { format: FORMAT, ...Object.fromEntries(parts) } };
  let offset = 0;
  for (const [name, dtype, shape, { byteLength }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + byteLength] };
    offset += byteLength;
  }
  const text = encoder.encode(JSON.stringify(header));
  const head = new Uint8Array(PREFIX_BYTES + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - PREFIX_BYTES), true);
  head.set(text, PREFIX_BYTES);
  yield head;
  for (const [, , , { buffer, byteOffset, byteLength }] of tensors) {
    for (let at = 0; at < byteLength; at += PART_BYTES) {
      yield new Uint8Array(buffer as ArrayBuffer, byteOffset + at, Math.min(PART_BYTES, byteLength - at));
    }
  }
}

/**
 * Reads what {@link encodeGloveModel} writes.
 *
 * @param file   all of its bytes
 * @param source what errors call it, such as its path; default "the file"
 * @throws {SyntaxError} if it is broken or something else; the message names it and the byte
 */
export function decodeGloveModel(file: Uint8Array, source = 'the file'): GloveModel {
  const caller = 'decodeGloveModel';
  const refuse = refuseFor(caller, source);
  const start = PREFIX_BYTES + headerBytes(file.subarray(0, PREFIX_BYTES), file.length, refuse);
  const fields = jsonObject(new TextDecoder().decode(file.subarray(PREFIX_BYTES, start))) ?? {};
  const metadata = fields.__metadata__ as Record<string, string> | undefined;
  if (metadata?.format !== FORMAT) {
    throw refuse(
      PREFIX_BYTES,
      `the file must be of format ${FORMAT}, got ${describeValue(metadata?.format)}`,
    );
  }
  const part = (name: string, dtype: string, shape?: readonly number[]): Part =>
    readPart(file, start, fields, { name, dtype, shape }, refuse);
  const settings = requireGloveSettings(jsonObject(metadata.settings), caller);
  const counting = resolveCooccurrenceSettings(jsonObject(metadata.counting) ?? {}, caller);
  const position = jsonObject(metadata.position) as unknown as GlovePosition | undefined;
  for (const name of ['epoch', 'blocksOfEpoch', 'pairs', 'totalPairs'] as const) {
    if (Number.isSafeInteger(position?.[name])) continue;
    throw refuse(PREFIX_BYTES, `position.${name} must be an integer, got ${describeValue(position?.[name])}`);
  }
  const ends = part('words.ends', 'U32');
  const words = decodeWords(part('words.utf8', 'U8').bytes, ends.bytes, ends.begin, refuse);
  const { bytes: counts } = part('counts', 'F64', [words.length]);
  const view = new DataView(counts.buffer, counts.byteOffset, counts.length);
  const rows = 2 * words.length;
  const [table, biases, squares, biasSquares] = TABLES.map((name) => {
    const isWide = name === 'table' || name === 'squares';
    return decodeFloats(part(name, 'F32', isWide ? [rows, settings.size] : [rows]).bytes, 'F32');
  });
  return new GloveModel({
    vocabulary: new Vocabulary(
      words,
      words.map((_, row) => view.getFloat64(8 * row, true)),
    ),
    ...{ table: table!, biases: biases!, squares: squares!, biasSquares: biasSquares! },
    ...{ settings, counting, position: position! },
  });
}

interface Part {
  readonly bytes: Uint8Array;
  /** Byte offset in the file. */
  readonly begin: number;
}

function readPart(
  file: Uint8Array,
  start: number,
  fields: Record<string, unknown>,
  { name, dtype, shape }: { name: string; dtype: string; shape: readonly number[] | undefined },
  refuse: RefuseAt,
): Part {
  const found = (fields[name] ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const dimensions = Array.isArray(found.shape) ? (found.shape as number[]) : [];
  const [begin = -1, end = -1] = Array.isArray(found.data_offsets) ? (found.data_offsets as number[]) : [];
  const bytes = dimensions.reduce(
    (product, size) => product * size,
    { F64: 8, F32: 4, U32: 4, U8: 1 }[dtype]!,
  );
  if (
    found.dtype !== dtype ||
    !Number.isSafeInteger(begin) ||
    begin < 0 ||
    end - begin !== bytes ||
    bytes < 0
  ) {
    throw refuse(PREFIX_BYTES, `tensor ${describeValue(name)} must be ${dtype} in its place`);
  }
  if (shape && `${shape}` !== `${dimensions}`) {
    throw refuse(PREFIX_BYTES, `tensor ${describeValue(name)} must be [${shape}], got [${dimensions}]`);
  }
  if (start + end > file.length) {
    const problem = `tensor ${describeValue(name)} must end at byte ${start + end}, the file ends here`;
    throw refuse(file.length, problem);
  }
  return { bytes: file.subarray(start + begin, start + end), begin: start + begin };
}

function jsonObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const PART_BYTES = 1 << 20;
