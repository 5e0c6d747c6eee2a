import { NgramPacking } from './ngram-packing.ts';
import { compareKeys, sortRecords } from './sort-records.ts';

/** A stretch of a corpus of shifted ids: 0 stands between texts, and each id is one more than in the vocabulary. */
export interface CorpusChunk {
  /** The stretch, after as many ids as an n-gram can reach back. */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** How many of them are only reached back to. */
  readonly before: number;
  readonly order: number;
  /** Of an id. */
  readonly bits: number;
}

/**
 * The n-grams that end in a stretch, each with how often it does: records of a key and a count, by key. A key is the ids from the last word back;
 * zeros fill up what reaches over the beginning of the text. So one record has the n-grams of all orders that end at a place, and sorted they are in
 * suffix order.
 *
 * @param takeBuffer gives memory to work in; what it holds does not matter
 */
export function countChunk(
  { ids, before, order, bits }: CorpusChunk,
  takeBuffer: (place: 0 | 1, length: number) => Uint32Array = (_, length) => new Uint32Array(length),
): Uint32Array<ArrayBuffer> {
  const packing = new NgramPacking(bits, order);
  const keyWords = packing.words;
  let count = 0;
  for (let at = before; at < ids.length; at++) if (ids[at] !== 0) count++;
  const keys = takeBuffer(0, count * keyWords);
  const window = new Uint32Array(order);
  let place = 0;
  for (let at = before; at < ids.length; at++) {
    if (ids[at] === 0) continue;
    let length = 0;
    while (length < order && at - length >= 0 && ids[at - length] !== 0) {
      window[length] = ids[at - length]!;
      length++;
    }
    window.fill(0, length);
    packing.pack(window, 0, 1, keys, place);
    place += keyWords;
  }
  const sorted = sortRecords(keys, takeBuffer(1, keys.length), { recordWords: keyWords, keyWords });
  let different = 0;
  for (let at = 0; at < sorted.length; at += keyWords) {
    if (at === 0 || compareKeys(sorted, at - keyWords, sorted, at, keyWords) !== 0) different++;
  }
  const recordWords = keyWords + 1;
  const records = new Uint32Array(different * recordWords);
  let target = -recordWords;
  for (let at = 0; at < sorted.length; at += keyWords) {
    if (at === 0 || compareKeys(sorted, at - keyWords, sorted, at, keyWords) !== 0) {
      target += recordWords;
      for (let word = 0; word < keyWords; word++) records[target + word] = sorted[at + word]!;
    }
    records[target + keyWords]!++;
  }
  return records;
}
