import { LARGEST_COUNT_OF_COUNTS, type SharingPlan } from '../smoothing/sharing-rule.ts';
import { SENTENCE_START } from '../vocabulary.ts';
import { BlockWriter } from './block-file.ts';
import type { RunMerger } from './merge-runs.ts';
import { NgramPacking } from './ngram-packing.ts';
import { RecordSorter, type RecordSorterOptions } from './record-sorter.ts';
import type { RunStorage } from './run-storage.ts';
import { compareKeys, type RecordFormat } from './sort-records.ts';

/** Marks, in a place among the n-grams of an order, one that the model leaves out. */
export const PRUNED: number = 2 ** 31;

/** Options of {@link runSuffixOrderPass}. */
export interface SuffixOrderPassOptions {
  readonly storage: RunStorage;
  readonly order: number;
  readonly vocabSize: number;
  readonly bits: number;
  readonly counts: SharingPlan['counts'];
  /** By order, unigrams first: n-grams that occur no more often are left out. */
  readonly thresholds: readonly number[];
  /** By word: whether longer n-grams with it are left out. */
  readonly isForeign: Uint8Array | undefined;
  readonly pool: RecordSorterOptions['pool'];
  /** Words of memory for all sorters together. */
  readonly bufferWords: number;
  readonly blockLength: number;
  readonly isDurable: boolean;
}

/** What the pass finds. */
export interface SuffixOrderResult {
  /** By word. */
  readonly unigramCounts: Float64Array;
  /** N-grams of each order, unigrams first, those to be left out included. */
  readonly sizes: readonly number[];
  /** By order, unigrams first. */
  readonly countsOfCounts: readonly (readonly number[])[];
  /** By order from 2: the n-grams with their counts, about to be in the order of their words. */
  readonly sorters: readonly RecordSorter[];
}

/** Records of the sorters: a key, the count, and the place in suffix order, with {@link PRUNED}. */
export function countedFormat(bits: number, order: number): RecordFormat {
  const keyWords = Math.ceil((bits * order) / 32);
  return { keyWords, recordWords: keyWords + 2 };
}

/** Where the suffix of each n-gram of an order is among those of the order below, both in suffix order; for bigrams, their last word. */
export const parentsName = (order: number): string => `parents-${order}`;

/**
 * Goes once through the n-grams of the highest order in suffix order (by the last word first), where those of all shorter orders are beginnings of
 * records, and counts each: how often it occurs, and how many different words stand before it.
 *
 * The beginning of a text is one more context. N-grams that begin with `<s>` count as often as they occur.
 *
 * @see Heafield et al. 2013, §3.2
 */
export async function* runSuffixOrderPass(
  merger: RunMerger,
  options: SuffixOrderPassOptions,
): AsyncGenerator<number, SuffixOrderResult> {
  const { storage, order, vocabSize, bits, thresholds, isForeign, pool, isDurable } = options;
  const takesContexts = options.counts === 'contexts';
  const packing = new NgramPacking(bits, order);
  const keyWords = packing.words;
  const packings = Array.from({ length: order + 1 }, (_, level) => new NgramPacking(bits, level));
  const unigramCounts = new Float64Array(vocabSize);
  const sizes = new Float64Array(order + 1);
  const countsOfCounts = Array.from({ length: order + 1 }, () =>
    new Array<number>(LARGEST_COUNT_OF_COUNTS + 1).fill(0),
  );
  const sorters: RecordSorter[] = [];
  const spare: Uint32Array<ArrayBuffer>[] = [];
  const parents: BlockWriter<Uint32Array>[] = [];
  /** The record at hand, last word first, and the one before; 0 where there is no word. */
  let ids = new Int32Array(order + 1);
  let last = new Int32Array(order + 1);
  let lastLength = 0;
  /** By order: of the n-gram that is open. */
  const occurrences = new Float64Array(order + 1);
  const contexts = new Float64Array(order + 1);
  const heldKey = new Uint32Array(keyWords);
  let heldCount = 0;
  let isHeld = false;
  let done = 0;

  try {
    for (let level = 2; level <= order; level++) {
      const format = countedFormat(bits, level);
      const bufferWords = Math.max(2 * (bits * order + 2), options.bufferWords / (order - 1));
      sorters.push(
        new RecordSorter({ storage, pool, format, name: `order-${level}`, bufferWords, spare, isDurable }),
      );
      parents.push(await BlockWriter.create(storage, parentsName(level), Uint32Array, options.blockLength));
    }
    let isFull = false;
    while (merger.next()) {
      const { block, at } = merger;
      done++;
      if (isHeld && compareKeys(heldKey, 0, block, at, keyWords) === 0) {
        heldCount += block[at + keyWords]!;
      } else {
        if (isHeld) isFull = take();
        for (let word = 0; word < keyWords; word++) heldKey[word] = block[at + word]!;
        heldCount = block[at + keyWords]!;
        isHeld = true;
      }
      if (isFull) {
        isFull = false;
        for (const sorter of sorters) if (sorter.isFull) await sorter.flush();
      }
      if ((done & STEP_MASK) === 0) yield done;
    }
    if (isHeld) take();
    for (const sorter of sorters) if (sorter.isFull) await sorter.flush();
    closeDown(ids, 0);
    for (const file of parents) await file.close();
    for (const sorter of sorters) await sorter.finish();
  } catch (error) {
    for (const file of parents) await file.discard();
    throw error;
  }
  sizes[1] = vocabSize;
  return { unigramCounts, sizes: [...sizes.subarray(1)], countsOfCounts: countsOfCounts.slice(1), sorters };

  /** Takes in the record that is held; says whether a sorter may be full. */
  function take(): boolean {
    [ids, last] = [last, ids];
    packing.unpack(heldKey, 0, ids);
    let length = 0;
    while (length < order && ids[length] !== 0) length++;
    let common = 0;
    while (common < length && common < lastLength && ids[common] === last[common]) common++;
    const isFull = closeDown(last, common);
    occurrences[length]! += heldCount;
    if (length < order) contexts[length]!++;
    lastLength = length;
    return isFull;
  }

  /** Ends the n-grams of the record before that are longer than what the next one shares with it. */
  function closeDown(words: Int32Array, common: number): boolean {
    let isFull = false;
    for (let level = lastLength; level > common; level--) {
      const occurs = occurrences[level]!;
      const isContexts = takesContexts && level < order && words[level - 1] !== SENTENCE_START + 1;
      const count = isContexts ? contexts[level]! : occurs;
      occurrences[level - 1]! += occurs;
      contexts[level - 1]!++;
      occurrences[level] = 0;
      contexts[level] = 0;
      if (level === 1) {
        const word = words[0]! - 1;
        unigramCounts[word] = count;
        if (word !== SENTENCE_START && count <= LARGEST_COUNT_OF_COUNTS) countsOfCounts[1]![count]!++;
        continue;
      }
      if (count <= LARGEST_COUNT_OF_COUNTS) countsOfCounts[level]![count]!++;
      let isPruned = occurs <= (thresholds[Math.min(level, thresholds.length) - 1] ?? 0);
      if (isForeign && !isPruned) {
        for (let index = 0; index < level; index++) if (isForeign[words[index]! - 1]) isPruned = true;
      }
      const sorter = sorters[level - 2]!;
      const { buffer, length } = sorter;
      const levelPacking = packings[level]!;
      levelPacking.pack(words, level - 1, -1, buffer, length);
      buffer[length + levelPacking.words] = count;
      buffer[length + levelPacking.words + 1] = sizes[level]! + (isPruned ? PRUNED : 0);
      sorter.length = length + levelPacking.words + 2;
      parents[level - 2]!.push(level === 2 ? words[0]! - 1 : sizes[level - 1]!);
      sizes[level]!++;
      if (sorter.isFull) isFull = true;
    }
    return isFull;
  }
}

/** Every so many records others get a turn. */
const STEP_MASK = (1 << 15) - 1;
