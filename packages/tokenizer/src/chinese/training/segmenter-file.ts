import { ByteReader } from '../byte-reader.ts';
import { ByteWriter } from '../byte-writer.ts';
import type { ChineseDictionary } from '../dictionary/chinese-dictionary.ts';
import { FeatureTable } from './feature-table.ts';
import { TAGS } from './tags.ts';
import { TrainedSegmenter } from './trained-segmenter.ts';

const MAGIC = 'WLZS';
const VERSION = 1;

/**
 * The compact form of a trained segmenter, about 9 bytes a feature: its features in order, each as the difference to the one
 * before, with their weights. The dictionary is not in it.
 */
export function writeTrainedSegmenter({ model }: TrainedSegmenter): Uint8Array {
  const { features, weights, transitions, usesDictionary } = model;
  const writer = new ByteWriter();
  writer.header(MAGIC, VERSION);
  writer.byte(usesDictionary ? 1 : 0);
  for (const weight of transitions) writeSigned(writer, weight);
  const rows = Array.from({ length: features.size }, (_, feature) => ({
    feature,
    key: features.key(feature),
  })).sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1]);
  writer.integer(rows.length);
  let highBefore = 0;
  let lowBefore = 0;
  for (const { feature, key } of rows) {
    const [high, low] = key;
    writer.integer(high - highBefore);
    writer.integer(high === highBefore ? low - lowBefore : low);
    for (let tag = 0; tag < TAGS; tag++) writeSigned(writer, weights[feature * TAGS + tag]!);
    highBefore = high;
    lowBefore = low;
  }
  return writer.finish();
}

/**
 * Reads a trained segmenter.
 *
 * @param bytes what `writeTrainedSegmenter` returned
 * @param options.dictionary the one it was trained with, or one with more words; needed if it was trained with one
 * @param options.source     what the bytes are, for errors; default "the segmenter"
 * @throws {RangeError} if the bytes are no such file, naming the byte
 * @throws {TypeError} if a dictionary is missing, or not wanted
 */
export function readTrainedSegmenter(
  bytes: Uint8Array,
  { dictionary, source = 'the segmenter' }: { dictionary?: ChineseDictionary; source?: string } = {},
): TrainedSegmenter {
  const reader = new ByteReader(bytes, 'readTrainedSegmenter', source);
  reader.expectHeader(MAGIC, VERSION);
  const usesDictionary = reader.byte() === 1;
  const transitions = Int32Array.from({ length: TAGS * TAGS }, () => readSigned(reader));
  const size = reader.count(2 + TAGS);
  const features = new FeatureTable(size);
  const weights = new Int16Array(size * TAGS);
  let high = 0;
  let low = 0;
  for (let feature = 0; feature < size; feature++) {
    const step = reader.integer();
    const next = reader.integer();
    low = step === 0 ? low + next : next;
    high += step;
    if (low > 0xffffffff || high > 0xffffffff || features.findOrAdd(high, low) !== feature) {
      throw reader.error('to list each feature once', `feature ${feature}, which is not new`);
    }
    for (let tag = 0; tag < TAGS; tag++) {
      const weight = readSigned(reader);
      if (weight < -0x8000 || weight > 0x7fff)
        throw reader.error('to hold weights of 16 bits', String(weight));
      weights[feature * TAGS + tag] = weight;
    }
  }
  reader.expectEnd();
  return new TrainedSegmenter({ features, weights, transitions, usesDictionary }, dictionary);
}

/** Signed integers as 0, −1, 1, −2, 2, … */
function writeSigned(writer: ByteWriter, value: number): void {
  writer.integer(value < 0 ? -2 * value - 1 : 2 * value);
}

function readSigned(reader: ByteReader): number {
  const value = reader.integer();
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}
