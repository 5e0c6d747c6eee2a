import type { KenlmHeader, KenlmReader } from './kenlm-file.ts';

/** The n-grams of one order, by KenLM's ids, in the order of the file. */
export interface KenlmLevel {
  /** The words of all n-grams, one after the other, first word first. */
  readonly ngrams: Int32Array;
  readonly logProbabilities: Float32Array;
  /** Empty at the highest order. */
  readonly logBackoffs: Float32Array;
}

/** What a trie holds, and where the words come. */
export interface KenlmTrie {
  readonly levels: readonly KenlmLevel[];
  /** The byte after the trie. */
  readonly end: number;
}

/**
 * Reads all n-grams of a trie.
 *
 * KenLM's trie goes from the last word back: the children of `b c` are `a b c` for all words a. Entries of a level are runs of bits, one after
 * the other: the word, the probability and the weight or codes of them, and where the children begin; the array form keeps the upper bits of
 * that in a table in front, of the first entry for each value.
 *
 * @param at where the search data begins
 * @see Heafield 2011, "KenLM: faster and smaller language model queries", §3.2; Raj and Whittaker 2003 for the table
 */
export function readKenlmTrie(reader: KenlmReader, header: KenlmHeader, at: number): KenlmTrie {
  const { counts, modelType } = header;
  const order = counts.length;
  const isQuantized = modelType.startsWith('quantized');
  const hasArrays = modelType.endsWith('array pointers');
  const quantizer = isQuantized ? readQuantizer(reader, at, order) : undefined;
  let position = quantizer?.end ?? at;

  const unigramCount = counts[0]!;
  const unigramBytes = (unigramCount + 2) * UNIGRAM_LENGTH;
  reader.require(position, unigramBytes, 'unigrams');
  const logProbabilities = new Float32Array(unigramCount);
  const logBackoffs = new Float32Array(unigramCount);
  let next = new Float64Array(unigramCount + 1);
  for (let word = 0; word <= unigramCount; word++) {
    const entry = position + word * UNIGRAM_LENGTH;
    next[word] = reader.uint64(entry + 8);
    if (word === unigramCount) break;
    logProbabilities[word] = reader.view.getFloat32(entry, true);
    logBackoffs[word] = reader.view.getFloat32(entry + 4, true);
  }
  position += unigramBytes;
  const levels: KenlmLevel[] = [
    { ngrams: Int32Array.from({ length: unigramCount }, (_, word) => word), logProbabilities, logBackoffs },
  ];

  let pointerBits: number | undefined;
  const wordBits = requiredBits(unigramCount);
  for (let level = 2; level <= order; level++) {
    const count = counts[level - 1]!;
    const isLongest = level === order;
    const longer = isLongest ? 0 : counts[level]!;
    let pointers = {
      inlineBits: isLongest ? 0 : requiredBits(longer),
      tableAt: 0,
      tableLength: 0,
      length: 0,
    };
    if (hasArrays && !isLongest) {
      reader.require(position, 8, 'the pointers');
      pointerBits ??= readPointerBits(reader, position);
      pointers = arrayPointers(position, count + 1, longer, pointerBits);
    }
    const [probabilityBits, backoffBits] = quantizer
      ? [quantizer.probabilityBits, quantizer.backoffBits]
      : [31, 32];
    const valueBits = probabilityBits + (isLongest ? 0 : backoffBits);
    const entryBits = wordBits + valueBits + pointers.inlineBits;
    const base = position + pointers.length;
    const bytes = Math.floor(((1 + count) * entryBits + 7) / 8) + 8;
    reader.require(base, bytes, `n-grams of order ${level}`);

    const below = levels[level - 2]!;
    const ngrams = new Int32Array(count * level);
    const probabilities = new Float32Array(count);
    const backoffs = new Float32Array(isLongest ? 0 : count);
    const longerNext = new Float64Array(isLongest ? 0 : count + 1);
    let parent = 0;
    let high = 0;
    for (let entry = 0; entry <= (isLongest ? count - 1 : count); entry++) {
      const bit = base * 8 + entry * entryBits;
      if (!isLongest) {
        while (high + 1 < pointers.tableLength && reader.uint64(pointers.tableAt + 8 * (high + 1)) <= entry)
          high++;
        longerNext[entry] =
          high * 2 ** pointers.inlineBits + reader.bits(bit + wordBits + valueBits, pointers.inlineBits);
      }
      if (entry === count) break;
      while (parent + 1 < next.length && next[parent + 1]! <= entry) parent++;
      const word = reader.bits(bit, wordBits);
      if (word >= unigramCount || parent + 1 >= next.length) {
        throw reader.wrong(
          Math.floor(bit / 8),
          `n-gram ${entry} of order ${level} has the word ${word} or no suffix`,
        );
      }
      ngrams[entry * level] = word;
      ngrams.set(below.ngrams.subarray(parent * (level - 1), (parent + 1) * (level - 1)), entry * level + 1);
      const value = bit + wordBits;
      if (quantizer) {
        const code = reader.bits(value + (isLongest ? 0 : backoffBits), probabilityBits);
        probabilities[entry] = quantizer.probability(level, code);
        if (!isLongest) backoffs[entry] = quantizer.backoff(level, reader.bits(value, backoffBits));
      } else {
        // The sign, which is always minus, is left out.
        probabilities[entry] = floatOf((reader.bits(value, 31) | 0x80000000) >>> 0);
        if (!isLongest) backoffs[entry] = floatOf(reader.bits(value + 31, 32));
      }
    }
    levels.push({ ngrams, logProbabilities: probabilities, logBackoffs: backoffs });
    next = longerNext;
    position = base + bytes;
  }
  return { levels, end: position };
}

const UNIGRAM_LENGTH = 16;

interface Quantizer {
  readonly probabilityBits: number;
  readonly backoffBits: number;
  readonly end: number;
  probability(level: number, code: number): number;
  backoff(level: number, code: number): number;
}

/** Eight bytes with the numbers of bits, then a table of floats for the probabilities and one for the weights of each order from 2. */
function readQuantizer(reader: KenlmReader, at: number, order: number): Quantizer {
  reader.require(at, 8, 'the numbers of bits');
  const [version, probabilityBits, backoffBits] = reader.bytes.subarray(at, at + 3) as unknown as [
    number,
    number,
    number,
  ];
  if (version !== 2 || probabilityBits < 1 || probabilityBits > 25 || backoffBits < 1 || backoffBits > 25) {
    throw reader.wrong(
      at,
      `the quantization must be version 2 with 1 to 25 bits, got version ${version}, ${probabilityBits} and ${backoffBits} bits`,
    );
  }
  const probabilityBytes = 4 * 2 ** probabilityBits;
  const levelBytes = probabilityBytes + 4 * 2 ** backoffBits;
  const length = 8 + Math.max(0, order - 2) * levelBytes + probabilityBytes;
  reader.require(at, length, 'the tables of numbers');
  const start = (level: number) => at + 8 + (level - 2) * levelBytes;
  return {
    probabilityBits,
    backoffBits,
    end: at + length,
    probability: (level, code) => reader.view.getFloat32(start(level) + 4 * code, true),
    backoff: (level, code) => reader.view.getFloat32(start(level) + probabilityBytes + 4 * code, true),
  };
}

function readPointerBits(reader: KenlmReader, at: number): number {
  const [version, bits] = reader.bytes.subarray(at, at + 2) as unknown as [number, number];
  if (version !== 0) throw reader.wrong(at, `the pointers must be version 0, got ${version}`);
  return bits;
}

/** Where the table of upper bits is, and how many bits stay with the entries: KenLM takes as many into the table as save memory. */
function arrayPointers(at: number, entries: number, largest: number, mostBits: number) {
  const required = requiredBits(largest);
  const tableSize = (bits: number) => Math.floor(largest / 2 ** (required - bits));
  let best = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (let bits = 0; bits <= Math.min(required, mostBits); bits++) {
    const change = tableSize(bits) * 64 - entries * bits;
    if (change < lowest) [lowest, best] = [change, bits];
  }
  const tableLength = tableSize(best) + 1;
  return {
    inlineBits: required - best,
    tableAt: Math.ceil(at / 8) * 8 + 8,
    tableLength,
    length: 8 * (1 + tableLength) + 7,
  };
}

/** Bits that numbers up to `largest` take. */
function requiredBits(largest: number): number {
  return largest === 0 ? 0 : Math.floor(Math.log2(largest)) + 1;
}

const scratch = new DataView(new ArrayBuffer(4));

function floatOf(bits: number): number {
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}
