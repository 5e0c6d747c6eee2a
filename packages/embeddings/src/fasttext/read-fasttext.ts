import { describeValue } from '../describe-value.ts';
import { CENTERS, type ProductQuantizer } from '../quantization/product-quantizer.ts';
import { BinaryCursor } from './binary-cursor.ts';
import { type DictionaryEntries, FastTextDictionary } from './dictionary.ts';
import { FastTextModel } from './fasttext-model.ts';
import { type FastTextSettings, KINDS, LOSSES } from './fasttext-settings.ts';
import { QuantizedMatrix } from './quantized-matrix.ts';
import { DenseMatrix, type RowMatrix } from './row-matrix.ts';

/** Options of {@link readFastText}. */
export interface ReadFastTextOptions {
  /** What labels begin with: files do not say. Default `__label__`. */
  readonly labelPrefix?: string;
  /** What errors call the file. Default `the model`. */
  readonly source?: string;
  /** Whether the bytes may be changed, and the model hold on to them: memory for a copy is saved. Default false. */
  readonly keepBytes?: boolean;
}

/** The first four bytes. */
export const MAGIC = 793_712_314;
/** What fastText writes, and the one before, which it reads too. */
export const VERSION = 12;

/**
 * Reads a model of fastText: `.bin`, or `.ftz`, which is quantized.
 *
 * @throws {SyntaxError} if it is none, or broken; the message names the byte
 * @example
 * const model = readFastText(await readFile('lid.176.ftz'));
 * model.predict('Wer reitet so spät durch Nacht und Wind?'); // [{ label: 'de', probability: 0.99… }]
 */
export function readFastText(
  bytes: Uint8Array,
  { labelPrefix = '__label__', source = 'the model', keepBytes = false }: ReadFastTextOptions = {},
): FastTextModel {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`readFastText: bytes must be a Uint8Array, got ${describeValue(bytes)}.`);
  }
  const cursor = new BinaryCursor(
    bytes,
    (byte, problem) => new SyntaxError(`readFastText: ${source}, byte ${byte}: ${problem}.`),
    keepBytes,
  );
  const settings = readSettings(cursor);
  const entries = readEntries(cursor, bytes);
  const { minn, maxn, bucket, wordNgrams, dim } = settings;
  const dictionary = new FastTextDictionary(entries, { minn, maxn, bucket, wordNgrams, labelPrefix });
  const isQuantized = cursor.boolean('whether the input matrix is quantized');
  if (!isQuantized && entries.keptBuckets) {
    throw cursor.refuse('a model without rows of rare n-grams must be quantized, this one is not');
  }
  const input = readMatrix(cursor, isQuantized, 'input', dim);
  const isOutputQuantized = cursor.boolean('whether the output matrix is quantized');
  const output = readMatrix(cursor, isQuantized && isOutputQuantized, 'output', dim);
  if (cursor.remaining > 0) throw cursor.refuse(`the file must end here, ${cursor.remaining} bytes follow`);
  requireRows(cursor, settings, dictionary, input, output);
  return new FastTextModel(settings, dictionary, input, output);
}

function readSettings(cursor: BinaryCursor): FastTextSettings {
  const magic = cursor.int32('the mark of fastText');
  if (magic !== MAGIC) throw cursor.refuse(`a model of fastText must begin with ${MAGIC}, got ${magic}`, 0);
  const version = cursor.int32('the version');
  if (version !== VERSION && version !== 11) {
    throw cursor.refuse(`the version must be 11 or 12, got ${version}`, 4);
  }
  const positive = (name: string): number => {
    const value = cursor.int32(name);
    if (value < 1) throw cursor.refuse(`${name} must be positive, got ${value}`, cursor.offset - 4);
    return value;
  };
  const natural = (name: string): number => {
    const value = cursor.int32(name);
    if (value < 0) throw cursor.refuse(`${name} must not be negative, got ${value}`, cursor.offset - 4);
    return value;
  };
  const choice = <T>(name: string, choices: readonly T[]): T => {
    const value = cursor.int32(name);
    const chosen = choices[value - 1];
    if (chosen !== undefined) return chosen;
    throw cursor.refuse(`${name} must be from 1 to ${choices.length}, got ${value}`, cursor.offset - 4);
  };
  const settings: FastTextSettings = {
    dim: positive('dim'),
    ws: natural('ws'),
    epoch: natural('epoch'),
    minCount: natural('minCount'),
    neg: natural('neg'),
    wordNgrams: natural('wordNgrams'),
    loss: choice('loss', LOSSES),
    model: choice('model', KINDS),
    bucket: natural('bucket'),
    minn: natural('minn'),
    maxn: natural('maxn'),
    lrUpdateRate: natural('lrUpdateRate'),
    t: cursor.float64('t'),
  };
  // Supervised models of version 11 have no character n-grams, whatever they say.
  return version === 11 && settings.model === 'supervised' ? { ...settings, maxn: 0 } : settings;
}

/** A word is at least a zero byte, a count and a type. */
const SMALLEST_ENTRY = 10;

function readEntries(cursor: BinaryCursor, bytes: Uint8Array): DictionaryEntries {
  const size = cursor.int32('the number of words and labels');
  const wordCount = cursor.int32('the number of words');
  const labelCount = cursor.int32('the number of labels');
  if (size < 0 || wordCount < 0 || labelCount < 0 || wordCount + labelCount !== size) {
    throw cursor.refuse(
      `words and labels must be as many as both together, got ${wordCount} + ${labelCount} for ${size}`,
      cursor.offset - 12,
    );
  }
  const tokenCount = cursor.int64('the number of tokens');
  const keptCount = cursor.int64('the number of kept buckets');
  if (size > cursor.remaining / SMALLEST_ENTRY) {
    throw cursor.refuse(
      `${size} words and labels must follow, the file ends after ${cursor.remaining} bytes`,
    );
  }
  const places = new Int32Array(2 * size);
  const offsets = new Int32Array(size + 1);
  const counts = new Float64Array(size);
  for (let entry = 0; entry < size; entry++) {
    const { begin, end } = cursor.terminated('a word');
    places[2 * entry] = begin;
    places[2 * entry + 1] = end;
    offsets[entry + 1] = offsets[entry]! + end - begin;
    counts[entry] = cursor.int64('the count of a word');
    const type = cursor.byte('the type of a word');
    if (type !== (entry < wordCount ? 0 : 1)) {
      throw cursor.refuse(
        `words must come before labels, got type ${type} for entry ${entry}`,
        cursor.offset - 1,
      );
    }
  }
  const texts = new Uint8Array(offsets[size]!);
  for (let entry = 0; entry < size; entry++) {
    texts.set(bytes.subarray(places[2 * entry], places[2 * entry + 1]), offsets[entry]!);
  }
  if (keptCount >= 0 && keptCount > cursor.remaining / 8) {
    throw cursor.refuse(
      `${keptCount} kept buckets must follow, the file ends after ${cursor.remaining} bytes`,
    );
  }
  const kept = new Map<number, number>();
  for (let index = 0; index < keptCount; index++) {
    kept.set(cursor.int32('a bucket'), cursor.int32('the row of a bucket'));
  }
  const keptBuckets = keptCount >= 0 ? kept : undefined;
  return { bytes: texts, offsets, counts, wordCount, tokenCount, keptBuckets };
}

function readMatrix(cursor: BinaryCursor, isQuantized: boolean, name: string, dim: number): RowMatrix {
  const hasNorms = isQuantized && cursor.boolean(`whether lengths of the ${name} matrix are quantized`);
  const rows = cursor.int64(`rows of the ${name} matrix`);
  const columns = cursor.int64(`columns of the ${name} matrix`);
  if (rows < 0 || columns !== dim) {
    throw cursor.refuse(
      `the ${name} matrix must have rows of ${dim} numbers, got ${rows} × ${columns}`,
      cursor.offset - 16,
    );
  }
  if (!isQuantized)
    return new DenseMatrix(cursor.float32s(rows * columns, `the ${name} matrix`), rows, columns);
  const codeCount = cursor.int32(`codes of the ${name} matrix`);
  if (codeCount < 0)
    throw cursor.refuse(`codes must not be fewer than none, got ${codeCount}`, cursor.offset - 4);
  const codes = cursor.bytes(codeCount, `codes of the ${name} matrix`);
  const quantizer = readQuantizer(cursor, name, dim);
  if (codeCount !== rows * quantizer.partCount) {
    throw cursor.refuse(
      `the ${name} matrix must have ${quantizer.partCount} codes for each of ${rows} rows, got ${codeCount}`,
    );
  }
  if (!hasNorms) return new QuantizedMatrix(rows, codes, quantizer);
  const norms = cursor.bytes(rows, `lengths of the ${name} matrix`);
  return new QuantizedMatrix(rows, codes, quantizer, {
    codes: norms,
    quantizer: readQuantizer(cursor, `lengths of the ${name}`, 1),
  });
}

function readQuantizer(cursor: BinaryCursor, name: string, size: number): ProductQuantizer {
  const begin = cursor.offset;
  const [dim, partCount, partSize, lastPartSize] = [
    cursor.int32(`dim of the ${name} quantizer`),
    cursor.int32(`nsubq of the ${name} quantizer`),
    cursor.int32(`dsub of the ${name} quantizer`),
    cursor.int32(`lastdsub of the ${name} quantizer`),
  ];
  const fits =
    dim === size && partSize > 0 && lastPartSize > 0 && (partCount - 1) * partSize + lastPartSize === dim;
  if (!fits) {
    throw cursor.refuse(
      `the ${name} quantizer must cut ${size} numbers into parts, got dim ${dim}, nsubq ${partCount}, dsub ${partSize}, lastdsub ${lastPartSize}`,
      begin,
    );
  }
  const centroids = cursor.float32s(dim * CENTERS, `centers of the ${name} quantizer`);
  return { dim, partCount, partSize, lastPartSize, centroids };
}

/** That every row a word, a bucket or a label can ask for is there. */
function requireRows(
  cursor: BinaryCursor,
  { model, bucket, maxn, wordNgrams, loss }: FastTextSettings,
  { entries, wordCount, labelCount }: FastTextDictionary,
  input: RowMatrix,
  output: RowMatrix,
): void {
  const { keptBuckets } = entries;
  const usesBuckets = maxn > 0 || wordNgrams > 1;
  const buckets = keptBuckets ? keptBuckets.size : usesBuckets ? bucket : 0;
  if (input.rowCount < wordCount + buckets) {
    throw cursor.refuse(
      `the input matrix must have rows of ${wordCount} words and ${buckets} buckets, got ${input.rowCount}`,
    );
  }
  for (const [kept, row] of keptBuckets ?? []) {
    if (row < 0 || wordCount + row >= input.rowCount) {
      throw cursor.refuse(`bucket ${kept} must have a row of ${input.rowCount - wordCount}, got ${row}`);
    }
  }
  const outputs = model === 'supervised' ? labelCount : wordCount;
  // The tree of hierarchical softmax has an inner node less than leaves, and fastText keeps a row for each leaf.
  if (output.rowCount < outputs || (loss === 'softmax' && output.rowCount !== outputs)) {
    throw cursor.refuse(`the output matrix must have ${outputs} rows, got ${output.rowCount}`);
  }
}
