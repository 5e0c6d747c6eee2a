import type { ProductQuantizer } from '../quantization/product-quantizer.ts';
import type { FastTextModel } from './fasttext-model.ts';
import { KINDS, LOSSES } from './fasttext-settings.ts';
import { QuantizedMatrix } from './quantized-matrix.ts';
import { MAGIC, VERSION } from './read-fasttext.ts';
import { DenseMatrix, type RowMatrix } from './row-matrix.ts';

/**
 * A model as fastText writes it: `.bin`, or `.ftz` where its matrices are quantized. `fasttext` reads it.
 *
 * @yields parts, in order
 */
export function* writeFastText({
  settings,
  dictionary,
  input,
  output,
}: FastTextModel): Generator<Uint8Array> {
  const integers = [
    ...[MAGIC, VERSION, settings.dim, settings.ws, settings.epoch, settings.minCount, settings.neg],
    ...[settings.wordNgrams, LOSSES.indexOf(settings.loss) + 1, KINDS.indexOf(settings.model) + 1],
    ...[settings.bucket, settings.minn, settings.maxn, settings.lrUpdateRate],
  ];
  yield bytesOf(Int32Array.from(integers));
  yield bytesOf(Float64Array.of(settings.t));
  const { entries } = dictionary;
  const size = entries.offsets.length - 1;
  yield bytesOf(Int32Array.of(size, entries.wordCount, size - entries.wordCount));
  const kept = entries.keptBuckets;
  yield bytesOf(BigInt64Array.of(BigInt(entries.tokenCount), BigInt(kept ? kept.size : -1)));
  for (let entry = 0; entry < size; entry++) {
    const text = entries.bytes.subarray(entries.offsets[entry]!, entries.offsets[entry + 1]!);
    const record = new Uint8Array(text.length + 10);
    record.set(text);
    new DataView(record.buffer).setBigInt64(text.length + 1, BigInt(entries.counts[entry]!), true);
    record[record.length - 1] = entry < entries.wordCount ? 0 : 1;
    yield record;
  }
  if (kept) yield bytesOf(Int32Array.from([...kept].flat()));
  yield* matrixParts(input);
  yield* matrixParts(output);
}

/** A byte says whether the matrix is quantized. */
function* matrixParts(matrix: RowMatrix): Generator<Uint8Array> {
  const shape = BigInt64Array.of(BigInt(matrix.rowCount), BigInt(matrix.size));
  if (matrix instanceof DenseMatrix) {
    yield Uint8Array.of(0);
    yield bytesOf(shape);
    yield bytesOf(matrix.values);
  } else if (matrix instanceof QuantizedMatrix) {
    yield Uint8Array.of(1, matrix.norms ? 1 : 0);
    yield bytesOf(shape);
    yield bytesOf(Int32Array.of(matrix.codes.length));
    yield matrix.codes;
    yield* quantizerParts(matrix.quantizer);
    if (matrix.norms) {
      yield matrix.norms.codes;
      yield* quantizerParts(matrix.norms.quantizer);
    }
  } else throw new TypeError('writeFastText: a matrix must be a DenseMatrix or a QuantizedMatrix.');
}

function* quantizerParts({ dim, partCount, partSize, lastPartSize, centroids }: ProductQuantizer) {
  yield bytesOf(Int32Array.of(dim, partCount, partSize, lastPartSize));
  yield bytesOf(centroids);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
