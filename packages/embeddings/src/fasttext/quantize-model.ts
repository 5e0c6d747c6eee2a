import { describeValue } from '../describe-value.ts';
import { learnProductQuantizer } from '../quantization/product-quantizer.ts';
import { resolveClassifierSettings } from './classifier-options.ts';
import { type DictionaryEntries, END_OF_LINE, FastTextDictionary } from './dictionary.ts';
import { encodeCorpus } from './encode-corpus.ts';
import { FastTextModel } from './fasttext-model.ts';
import type { LabeledTexts } from './labeled-texts.ts';
import { QuantizedMatrix } from './quantized-matrix.ts';
import { DenseMatrix } from './row-matrix.ts';
import { readTokens } from './token-corpus.ts';
import { trainOnCorpus } from './train-classifier.ts';

/** Options of {@link quantizeModel}; in brackets, fastText's names. */
export interface QuantizeModelOptions {
  /** Rows of words and n-grams that are kept, those of the longest vectors. Default all. (`cutoff`) */
  readonly rows?: number;
  /** Trains what is kept on, with examples as they were. Default not. (`retrain`) */
  readonly retrain?: {
    readonly examples: LabeledTexts;
    /** Default those of the model. */
    readonly epochs?: number;
    /** Default 0.1. */
    readonly learningRate?: number;
    readonly workers?: number;
  };
  /** Numbers that one byte stands for. Default 2. (`dsub`) */
  readonly partSize?: number;
  /** Whether vectors are scaled to length one, and their lengths are a byte more. Default false. (`qnorm`) */
  readonly norms?: boolean;
  /** Whether rows of labels are quantized too. Default false. (`qout`) */
  readonly output?: boolean;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called for each part of the input vectors that is learned. */
  readonly onProgress?: (done: number, all: number) => void;
}

/**
 * A classifier in a fraction of its size: rows become bytes, and short ones may go; write it as `.ftz`.
 *
 * @param model supervised, not quantized; stays as it is
 * @throws {TypeError | RangeError} if the model or an option cannot be
 * @see Joulin et al. 2016, "FastText.zip: compressing text classification models"
 */
export async function quantizeModel(
  model: FastTextModel,
  options: QuantizeModelOptions = {},
): Promise<FastTextModel> {
  const caller = 'quantizeModel';
  const {
    rows,
    retrain,
    partSize = 2,
    norms = false,
    output = false,
    seed = 0,
    signal,
    onProgress,
  } = options;
  if (model.settings.model !== 'supervised') {
    throw new TypeError(`${caller}: the model must be supervised, got one of ${model.settings.model}.`);
  }
  if (!(model.input instanceof DenseMatrix && model.output instanceof DenseMatrix)) {
    throw new TypeError(`${caller}: the model must not be quantized already.`);
  }
  if (rows !== undefined && !(Number.isSafeInteger(rows) && rows >= 1)) {
    throw new RangeError(`${caller}: rows must be an integer of at least 1, got ${describeValue(rows)}.`);
  }
  let kept = rows !== undefined && rows < model.input.rowCount ? pruned(model, model.input, rows) : model;
  if (retrain) kept = await trainedOn(kept, retrain, seed, signal, caller);
  const learning = { partSize: Math.min(partSize, model.settings.dim), seed, signal };
  return new FastTextModel(
    kept.settings,
    kept.dictionary,
    await quantized(kept.input as DenseMatrix, norms, { ...learning, onProgress }),
    output
      ? await quantized(kept.output as DenseMatrix, norms, {
          ...learning,
          partSize: Math.min(2, kept.settings.dim),
        })
      : kept.output,
  );
}

/** The rows of the longest vectors, and always that of `</s>`. */
function pruned(model: FastTextModel, input: DenseMatrix, count: number): FastTextModel {
  const { entries, wordCount, words, options } = model.dictionary;
  const { values, size, rowCount } = input;
  const lengths = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    for (let at = row * size; at < (row + 1) * size; at++) lengths[row]! += values[at]! ** 2;
  }
  const endOfLine = words.indexOf(END_OF_LINE);
  if (endOfLine >= 0) lengths[endOfLine] = Infinity;
  const longest = Int32Array.from(lengths.keys())
    .sort((left, right) => lengths[right]! - lengths[left]! || left - right)
    .slice(0, count);
  const keptWords = longest.filter((row) => row < wordCount).sort();
  const keptBuckets = longest.filter((row) => row >= wordCount).map((row) => row - wordCount);
  const table = new Float32Array(count * size);
  for (const [at, row] of [...keptWords, ...keptBuckets.map((bucket) => wordCount + bucket)].entries()) {
    table.set(values.subarray(row * size, (row + 1) * size), at * size);
  }
  const dictionary = new FastTextDictionary(entriesOf(entries, keptWords, keptBuckets), options);
  return new FastTextModel(model.settings, dictionary, new DenseMatrix(table, count, size), model.output);
}

/** Some of the words, all labels, some of the buckets. */
function entriesOf(entries: DictionaryEntries, words: Int32Array, buckets: Int32Array): DictionaryEntries {
  const { bytes, offsets, counts, wordCount, tokenCount } = entries;
  const labels = Array.from({ length: offsets.length - 1 - wordCount }, (_, label) => wordCount + label);
  const kept = [...words, ...labels];
  const texts = kept.map((entry) => bytes.subarray(offsets[entry]!, offsets[entry + 1]!));
  const keptOffsets = new Int32Array(kept.length + 1);
  for (const [at, text] of texts.entries()) keptOffsets[at + 1] = keptOffsets[at]! + text.length;
  const keptBytes = new Uint8Array(keptOffsets[kept.length]!);
  for (const [at, text] of texts.entries()) keptBytes.set(text, keptOffsets[at]!);
  return {
    bytes: keptBytes,
    offsets: keptOffsets,
    counts: Float64Array.from(kept, (entry) => counts[entry]!),
    wordCount: words.length,
    tokenCount,
    keptBuckets: new Map(Array.from(buckets, (bucket, row) => [bucket, row])),
  };
}

async function trainedOn(
  model: FastTextModel,
  retrain: NonNullable<QuantizeModelOptions['retrain']>,
  seed: number,
  signal: AbortSignal | undefined,
  caller: string,
): Promise<FastTextModel> {
  const { examples, workers, ...chosen } = retrain;
  const { dim, loss, neg, wordNgrams, minn, maxn, bucket, epoch } = model.settings;
  const { labelPrefix } = model.dictionary.options;
  const settings = resolveClassifierSettings(
    {
      epochs: epoch,
      ...chosen,
      size: dim,
      loss,
      negative: neg,
      wordNgrams,
      minn,
      maxn,
      bucket,
      labelPrefix,
      seed,
    },
    caller,
  );
  const tokens = await readTokens(examples, labelPrefix, caller, signal);
  const corpus = encodeCorpus(tokens, model.dictionary.entries, settings);
  const run = { ...(workers !== undefined && { workers }), ...(signal && { signal }) };
  const task = { caller, settings, dictionary: model.dictionary, corpus, start: { model }, run };
  let trained = model;
  for await (const event of trainOnCorpus(task)) {
    if (event.type === 'training-end') trained = event.model;
  }
  signal?.throwIfAborted();
  return trained;
}

async function quantized(
  matrix: DenseMatrix,
  norms: boolean,
  options: Parameters<typeof learnProductQuantizer>[2],
): Promise<QuantizedMatrix> {
  const { values, rowCount, size } = matrix;
  if (!norms) {
    const { quantizer, codes } = await learnProductQuantizer(values, size, options);
    return new QuantizedMatrix(rowCount, codes, quantizer);
  }
  const units = values.slice();
  const lengths = new Float32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const unit = units.subarray(row * size, (row + 1) * size);
    lengths[row] = Math.sqrt(unit.reduce((sum, value) => sum + value * value, 0));
    if (lengths[row]! > 0) for (let at = 0; at < size; at++) unit[at]! /= lengths[row]!;
  }
  const directions = await learnProductQuantizer(units, size, options);
  const { quantizer, codes } = await learnProductQuantizer(lengths, 1, { ...options, partSize: 1 });
  return new QuantizedMatrix(rowCount, directions.codes, directions.quantizer, { codes, quantizer });
}
