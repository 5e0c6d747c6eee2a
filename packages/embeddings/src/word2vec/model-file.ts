import { describeValue } from '../describe-value.ts';
import { refuseFor } from '../files/byte-reader.ts';
import { decodeFloats, decodeWords, headerBytes, PREFIX_BYTES } from '../files/safetensors-format.ts';
import { Vocabulary } from '../vocabulary/vocabulary.ts';
import { requireSettings } from './word-training-options.ts';
import { type TrainingPosition, WordVectorModel } from './word-vector-model.ts';

const FORMAT = 'wordloom.word-vector-model';

/**
 * A model as a safetensors file, in parts: `inputs` and `outputs` F32 `[rows, size]`, `counts` F64, `words.utf8` U8, all words without anything
 * between them, and `words.ends` U32. Settings and position are JSON in its metadata.
 *
 * With it training goes on, also elsewhere: {@link decodeWordVectorModel}.
 */
export function* encodeWordVectorModel(model: WordVectorModel): Generator<Uint8Array<ArrayBuffer>> {
  const { vocabulary, settings, position, inputTable, outputTable } = model;
  const { size } = settings;
  const encoder = new TextEncoder();
  const ends = new Uint32Array(vocabulary.words.length);
  let end = 0;
  for (const [row, word] of vocabulary.words.entries()) {
    end += encoder.encode(word).length;
    ends[row] = end;
  }
  const words = encoder.encode(vocabulary.words.join(''));
  if (words.length !== end || end >= 2 ** 32) {
    throw new RangeError('encodeWordVectorModel: words must be well-formed Unicode of less than 4 GiB.');
  }
  const tensors: [string, string, number[], ArrayBufferView][] = [
    ['counts', 'F64', [vocabulary.words.length], vocabulary.counts],
    ['inputs', 'F32', [inputTable.length / size, size], inputTable],
    ['outputs', 'F32', [outputTable.length / size, size], outputTable],
    ['words.ends', 'U32', [ends.length], ends],
    ['words.utf8', 'U8', [words.length], words],
  ];
  const header: Record<string, unknown> = {
    __metadata__: {
      format: FORMAT,
      settings: JSON.stringify(settings),
      position: JSON.stringify(position),
    },
  };
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
      const length = Math.min(PART_BYTES, byteLength - at);
      yield new Uint8Array(buffer as ArrayBuffer, byteOffset + at, length);
    }
  }
}

/**
 * Reads what {@link encodeWordVectorModel} writes.
 *
 * @param file   all of its bytes
 * @param source what errors call it, such as its path; default "the file"
 * @throws {SyntaxError} if it is broken or something else; the message names it and the byte
 */
export function decodeWordVectorModel(file: Uint8Array, source = 'the file'): WordVectorModel {
  const refuse = refuseFor('decodeWordVectorModel', source);
  const length = headerBytes(file.subarray(0, PREFIX_BYTES), file.length, refuse);
  const start = PREFIX_BYTES + length;
  const fields = jsonObject(new TextDecoder().decode(file.subarray(PREFIX_BYTES, start)));
  const metadata = fields?.__metadata__ as Record<string, string> | undefined;
  if (metadata?.format !== FORMAT) {
    throw refuse(
      PREFIX_BYTES,
      `the file must be of format ${FORMAT}, got ${describeValue(metadata?.format)}`,
    );
  }
  const part = (
    name: string,
    dtype: string,
  ): { bytes: Uint8Array; begin: number; rows: number; columns: number } => {
    const {
      dtype: type,
      shape,
      data_offsets: offsets,
    } = (fields![name] ?? {}) as {
      dtype?: unknown;
      shape?: number[];
      data_offsets?: number[];
    };
    const [begin = -1, end = -1] = Array.isArray(offsets) ? offsets : [];
    const [rows = -1, columns = 1] = Array.isArray(shape) ? shape : [];
    const bytes = { F64: 8, F32: 4, U32: 4, U8: 1 }[dtype]! * rows * columns;
    const isPart = Number.isSafeInteger(begin) && begin >= 0 && end - begin === bytes && bytes >= 0;
    if (type !== dtype || !isPart)
      throw refuse(PREFIX_BYTES, `tensor ${describeValue(name)} must be ${dtype} in its place`);
    if (start + end > file.length)
      throw refuse(
        file.length,
        `tensor ${describeValue(name)} must end at byte ${start + end}, the file ends here`,
      );
    return { bytes: file.subarray(start + begin, start + end), begin: start + begin, rows, columns };
  };
  const settings = requireSettings(jsonObject(metadata.settings), 'decodeWordVectorModel');
  const position = jsonObject(metadata.position) as unknown as TrainingPosition;
  for (const name of ['epoch', 'blocksOfEpoch', 'blocks', 'words', 'totalWords'] as const) {
    if (!Number.isSafeInteger(position?.[name])) {
      throw refuse(
        PREFIX_BYTES,
        `position.${name} must be an integer, got ${describeValue(position?.[name])}`,
      );
    }
  }
  const ends = part('words.ends', 'U32');
  const words = decodeWords(part('words.utf8', 'U8').bytes, ends.bytes, ends.begin, refuse);
  const [counts, inputs, outputs] = [part('counts', 'F64'), part('inputs', 'F32'), part('outputs', 'F32')];
  const inputRows = words.length + (settings.subwords?.bucket ?? 0);
  const outputRows = words.length - (settings.loss === 'negative-sampling' ? 0 : 1);
  for (const [name, { rows, columns }, expected] of [
    ['inputs', inputs, inputRows],
    ['outputs', outputs, outputRows],
  ] as const) {
    if (rows !== expected || columns !== settings.size) {
      throw refuse(
        PREFIX_BYTES,
        `tensor ${describeValue(name)} must be [${expected}, ${settings.size}], got [${rows}, ${columns}]`,
      );
    }
  }
  const view = new DataView(counts.bytes.buffer, counts.bytes.byteOffset, counts.bytes.length);
  return new WordVectorModel({
    vocabulary: new Vocabulary(
      words,
      Array.from({ length: counts.rows }, (_, row) => view.getFloat64(8 * row, true)),
    ),
    inputTable: decodeFloats(inputs.bytes, 'F32'),
    outputTable: decodeFloats(outputs.bytes, 'F32'),
    settings,
    position,
  });
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
