import { describeValue } from '../describe-value.ts';
import type { NgramModel } from '../ngram-model.ts';
import { addSuffixes } from './add-suffixes.ts';
import { extendHash, type Hash } from './hash-table.ts';
import { KENLM_MODEL_TYPES, probingBucketCount } from './kenlm-file.ts';
import { kenlmHeaderBytes } from './kenlm-header.ts';
import { murmurHash } from './murmur-hash.ts';

/** Options of {@link encodeKenlmProbing}. */
export interface EncodeKenlmProbingOptions {
  /** Places of the hash tables for each n-gram, more than 1 (default 1.5, as KenLM's `build_binary -p`). */
  readonly multiplier?: number;
}

/**
 * A model as a KenLM binary file of the probing kind, byte for byte what `build_binary probing` makes of the model's ARPA file. For programs that ask
 * KenLM: they map it into memory and begin at once. Suffixes of n-grams that pruning has taken out come back with what backing off gives them, as KenLM needs
 * them.
 *
 * @throws {RangeError} if the multiplier is not more than 1, the order is 1, or the file would have 2³¹ bytes or more
 * @see Heafield 2011, §3.1
 */
export function encodeKenlmProbing(
  pruned: NgramModel,
  { multiplier = 1.5 }: EncodeKenlmProbingOptions = {},
): Uint8Array {
  if (!(multiplier > 1 && multiplier < 1000)) {
    throw new RangeError(
      `encodeKenlmProbing: multiplier must be more than 1, got ${describeValue(multiplier)}.`,
    );
  }
  const model = addSuffixes(pruned);
  const { trie, vocabulary } = model;
  if (trie.order < 2)
    throw new RangeError('encodeKenlmProbing: model must have an order of 2 and more, got 1.');
  const counts = trie.sizes;
  const probingMultiplier = Math.fround(multiplier);
  const header = kenlmHeaderBytes(counts, {
    modelType: KENLM_MODEL_TYPES.indexOf('probing'),
    probingMultiplier,
    searchVersion: PROBING_VERSION,
  });
  const words = new TextEncoder().encode(vocabulary.words.map((word) => `${word}\0`).join(''));
  const buckets = counts.map((count) => probingBucketCount(count, probingMultiplier));
  const lengths = buckets.map((count, index) => count * entryLength(index + 1, trie.order));
  const vocabularyLength = 8 + lengths[0]!;
  const unigramLength = 8 * (counts[0]! + 1);
  const total =
    header.length +
    vocabularyLength +
    unigramLength +
    lengths.slice(1).reduce((sum, length) => sum + length, 0) +
    words.length;
  if (total >= 2 ** 31) {
    throw new RangeError(
      `encodeKenlmProbing: the file must have fewer than 2^31 bytes, but would have ${total}.`,
    );
  }
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  let at = header.length;
  view.setUint32(at + 4, vocabulary.size, true);
  const wordTable = new Table(view, at + 8, buckets[0]!, entryLength(1, trie.order));
  // <unk> is what is not found.
  for (let word = 1; word < vocabulary.size; word++) {
    wordTable.insert(murmurHash(vocabulary.words[word]!), (place) => view.setUint32(place, word, true));
  }
  at += vocabularyLength;
  const numbers = signedNumbers(model);
  for (let word = 0; word < vocabulary.size; word++) {
    view.setFloat32(at + 8 * word, numbers.probabilities[word + 1]!, true);
    view.setFloat32(at + 8 * word + 4, numbers.backoffs[word + 1]!, true);
  }
  at += unigramLength;
  for (let level = 2; level <= trie.order; level++) {
    const table = new Table(view, at, buckets[level - 1]!, entryLength(level, trie.order));
    for (let node = trie.levelStart(level); node < trie.levelEnd(level); node++) {
      table.insert(hashOf(trie.ngramOf(node)), (place) => {
        view.setFloat32(place, numbers.probabilities[node]!, true);
        if (level < trie.order) view.setFloat32(place + 4, numbers.backoffs[node]!, true);
      });
    }
    at += lengths[level - 1]!;
  }
  bytes.set(words, at);
  return bytes;
}

/** Of the layout of hash tables. */
const PROBING_VERSION = 0;

/** Bytes: a hash, and an id, a probability and a weight, or a probability. */
function entryLength(level: number, order: number): number {
  return level > 1 && level < order ? 16 : 12;
}

/**
 * Numbers with KenLM's signs: a probability is written without its own where a longer n-gram ends with this one, and a weight of 1, whose logarithm is 0,
 * as −0 where no longer n-gram begins with it.
 */
function signedNumbers({ trie, logProbabilities, logBackoffs }: NgramModel) {
  const unigramEnd = trie.levelEnd(1);
  const probabilities = Float32Array.from(logProbabilities, (log, node) => {
    // KenLM sets the sign from the bigrams on; that of <s>, whose number is 0, stays as it is.
    if (log === 0 && node < unigramEnd) return 0;
    return -Math.abs(log === -Infinity ? ZERO : log);
  });
  for (let node = trie.levelStart(2); node < trie.nodeCount; node++) {
    const suffix = trie.suffixOf(node);
    probabilities[suffix] = Math.abs(probabilities[suffix]!);
  }
  const backoffs = Float32Array.from(logBackoffs, (log, node) => {
    const hasChildren = trie.firstChildren[node + 1]! > trie.firstChildren[node]!;
    if (log === 0) return hasChildren ? 0 : -0;
    return log === -Infinity ? ZERO : log;
  });
  return { probabilities, backoffs };
}

/** What stands for probability 0. */
const ZERO = -99;

/** KenLM hashes from the last word to the first. */
function hashOf(ngram: readonly number[]): Hash {
  const hash: Hash = { high: 0, low: ngram.at(-1)! };
  for (let index = ngram.length - 2; index >= 0; index--) extendHash(hash, ngram[index]!);
  return hash;
}

/** A hash table in the file, with places probed one after the other. */
class Table {
  readonly #view: DataView;
  readonly #start: number;
  readonly #buckets: number;
  readonly #entryLength: number;

  constructor(view: DataView, start: number, buckets: number, length: number) {
    this.#view = view;
    this.#start = start;
    this.#buckets = buckets;
    this.#entryLength = length;
  }

  /** @param write gets where the value goes */
  insert({ high, low }: Hash, write: (place: number) => void): void {
    let bucket = remainder(high, low, this.#buckets);
    for (;;) {
      const place = this.#start + bucket * this.#entryLength;
      if (this.#view.getUint32(place, true) === 0 && this.#view.getUint32(place + 4, true) === 0) {
        this.#view.setUint32(place, low, true);
        this.#view.setUint32(place + 4, high, true);
        write(place + 8);
        return;
      }
      bucket = (bucket + 1) % this.#buckets;
    }
  }
}

/** Of a 64-bit number divided by one below 2³². */
function remainder(high: number, low: number, divisor: number): number {
  const upper = ((high % divisor) * 0x10000 + (low >>> 16)) % divisor;
  return (upper * 0x10000 + (low & 0xffff)) % divisor;
}
