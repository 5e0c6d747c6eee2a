import { describeValue } from '../describe-value.ts';
import { NgramModel } from '../ngram-model.ts';
import { NgramTrie } from '../ngram-trie.ts';
import { makeCodebook } from './codebook.ts';
import {
  COMPACT_MAGIC,
  COMPACT_PREFIX,
  type CompactHeader,
  type CompactLayout,
  floatsOf,
  headerLengthOf,
  levelStartsOf,
  readCompactVocabulary,
  readLayout,
  type Section,
  wrongCompact,
} from './compact-layout.ts';
import { packNumbers, unpackCodes, unpackNumbers } from './packed-bits.ts';

/** Options of {@link encodeCompact}. */
export interface EncodeCompactOptions {
  /** Bits for the probability of an n-gram of two and more words, 1 to 16 (default 8). */
  readonly probabilityBits?: number;
  /** Bits for the back-off weight of a context of two and more words, 1 to 16 (default 8). */
  readonly backoffBits?: number;
}

/** Options of {@link decodeCompact}. */
export interface DecodeCompactOptions {
  /** How errors call the file (default `compact model`). */
  readonly source?: string;
}

/**
 * A model in few bytes: words of a trie in as few bits as they need, probabilities and back-off weights as codes of 8 bits, and children
 * counted in unary. About four bytes an n-gram.
 *
 * Probabilities and weights of unigrams, and back-off weights of 1, stay as they are.
 *
 * The file: a line `wordloom n-gram`, the header's length (4 bytes, little-endian), the header as JSON, the words as JSON; for unigrams, their
 * probabilities and weights as 32-bit floats; for each order from 2, how many children each n-gram of the order below has (so many ones,
 * then a zero), the last words, the probabilities' codebook and codes, and, below the highest order, those of the weights.
 *
 * @throws {RangeError} if a number of bits is out of range, or the vocabulary has 2²⁴ words and more
 */
export function encodeCompact(
  model: NgramModel,
  { probabilityBits = 8, backoffBits = 8 }: EncodeCompactOptions = {},
): Uint8Array {
  for (const [name, bits] of Object.entries({ probabilityBits, backoffBits })) {
    if (!Number.isInteger(bits) || bits < 1 || bits > 16) {
      throw new RangeError(
        `encodeCompact: ${name} must be an integer from 1 to 16, got ${describeValue(bits)}.`,
      );
    }
  }
  const { trie, vocabulary, logProbabilities, logBackoffs } = model;
  const wordBits = Math.max(1, Math.ceil(Math.log2(vocabulary.size)));
  if (wordBits > 24) {
    throw new RangeError(`encodeCompact: model must have fewer than 2^24 words, got ${vocabulary.size}.`);
  }
  const words = new TextEncoder().encode(JSON.stringify(vocabulary.words));
  const header: CompactHeader = {
    version: 1,
    sizes: trie.sizes,
    wordBits,
    probabilityBits,
    backoffBits,
    vocabularyLength: words.length,
  };
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const sections: Uint8Array[] = [
    new TextEncoder().encode(COMPACT_MAGIC),
    new Uint8Array(Uint32Array.of(headerBytes.length).buffer),
    headerBytes,
    words,
    bytesOf(logProbabilities.slice(1, trie.levelEnd(1))),
  ];
  if (trie.order > 1) sections.push(bytesOf(logBackoffs.slice(1, trie.levelEnd(1))));
  for (let level = 2; level <= trie.order; level++) {
    const start = trie.levelStart(level);
    const end = trie.levelEnd(level);
    sections.push(packNumbers(childBits(trie, level - 1), 1));
    sections.push(packNumbers(trie.words.subarray(start, end), wordBits));
    sections.push(...encodeNumbers(logProbabilities.slice(start, end), probabilityBits));
    if (level < trie.order) sections.push(...encodeNumbers(logBackoffs.slice(start, end), backoffBits));
  }
  return concatenate(sections);
}

/**
 * Reads what {@link encodeCompact} made.
 *
 * @throws {SyntaxError} if the bytes are no such file, cut off, or damaged where it can be seen
 */
export function decodeCompact(
  bytes: Uint8Array,
  { source = 'compact model' }: DecodeCompactOptions = {},
): NgramModel {
  const { layout, section } = readCompactLayout(bytes, source);
  const vocabulary = readCompactVocabulary(section(layout.vocabulary), source, layout);
  const { sizes, wordBits, probabilityBits, backoffBits } = layout.header;
  const order = sizes.length;
  const levelStarts = levelStartsOf(layout.header);
  const nodeCount = levelStarts[order + 1]!;
  const words = new Int32Array(nodeCount);
  const firstChildren = new Int32Array(levelStarts[order]! + 1);
  const logProbabilities = new Float32Array(nodeCount);
  const logBackoffs = new Float32Array(levelStarts[order]!);
  words[0] = -1;
  for (let word = 0; word < vocabulary.size; word++) words[word + 1] = word;
  firstChildren[0] = 1;
  firstChildren[levelStarts[order]!] = nodeCount;
  logProbabilities.set(floatsOf(section(layout.unigramProbabilities)), 1);
  if (order > 1) logBackoffs.set(floatsOf(section(layout.unigramBackoffs)), 1);
  for (const [index, sections] of layout.levels.entries()) {
    const level = index + 2;
    const start = levelStarts[level]!;
    const end = levelStarts[level + 1]!;
    if (!unpackChildren(section(sections.children), firstChildren, levelStarts, level)) {
      throw wrongCompact(source, sections.words.start, `the children of order ${level - 1} do not add up`);
    }
    const largest = unpackNumbers(section(sections.words), wordBits, words.subarray(start, end));
    if (largest >= vocabulary.size) {
      throw wrongCompact(source, sections.probabilityBook.start, `word ${largest} is not in the vocabulary`);
    }
    const probabilityBook = floatsOf(section(sections.probabilityBook));
    const probabilities = logProbabilities.subarray(start, end);
    unpackCodes(section(sections.probabilityCodes), probabilityBits, probabilityBook, probabilities);
    if (level === order) continue;
    const backoffBook = floatsOf(section(sections.backoffBook));
    const backoffs = logBackoffs.subarray(start, end);
    unpackCodes(section(sections.backoffCodes), backoffBits, backoffBook, backoffs);
  }
  const trie = new NgramTrie({ levelStarts, words, firstChildren });
  return new NgramModel({ vocabulary, trie, logProbabilities, logBackoffs });
}

/**
 * Where everything in a file is, and a way to its sections.
 *
 * @throws {SyntaxError} if the bytes are no compact file, or cut off
 */
export function readCompactLayout(
  bytes: Uint8Array,
  source: string,
): { layout: CompactLayout; section: (section: Section) => Uint8Array } {
  const section = ({ start, length }: Section) =>
    // A Buffer's slices would share memory.
    new Uint8Array(bytes.buffer, bytes.byteOffset + start, length);
  const headerLength = headerLengthOf(bytes.subarray(0, COMPACT_PREFIX), source);
  if (COMPACT_PREFIX + headerLength > bytes.length) {
    throw wrongCompact(
      source,
      COMPACT_PREFIX,
      `${headerLength} bytes must follow, but the file has ${bytes.length} in all`,
    );
  }
  const header = section({ start: COMPACT_PREFIX, length: headerLength });
  const layout = readLayout(header, source, bytes.length);
  return { layout, section };
}

/** For each n-gram of a level, a one for each child and then a zero. */
function childBits(trie: NgramTrie, level: number): Uint8Array {
  const start = trie.levelStart(level);
  const end = trie.levelEnd(level);
  const bits = new Uint8Array(end - start + trie.firstChildren[end]! - trie.firstChildren[start]!);
  let at = 0;
  for (let node = start; node < end; node++) {
    const children = trie.firstChildren[node + 1]! - trie.firstChildren[node]!;
    bits.fill(1, at, at + children);
    at += children + 1;
  }
  return bits;
}

/** @returns whether there are as many children as there should be */
function unpackChildren(
  bytes: Uint8Array,
  firstChildren: Int32Array,
  levelStarts: Int32Array,
  level: number,
): boolean {
  const contextEnd = levelStarts[level]!;
  const childEnd = levelStarts[level + 1]!;
  let context = levelStarts[level - 1]!;
  let child = contextEnd;
  const bitCount = contextEnd - context + childEnd - contextEnd;
  firstChildren[context] = child;
  for (let at = 0; at < bitCount; at++) {
    if ((bytes[at >>> 3]! >> (at & 7)) & 1) child++;
    else if (++context < contextEnd) firstChildren[context] = child;
  }
  firstChildren[contextEnd] = childEnd;
  return context === contextEnd && child === childEnd;
}

function encodeNumbers(numbers: Float32Array, bits: number): [codebook: Uint8Array, codes: Uint8Array] {
  const { values, codes } = makeCodebook(numbers, 2 ** bits, [0, Number.NEGATIVE_INFINITY]);
  const codebook = new Float32Array(2 ** bits);
  codebook.set(values);
  return [bytesOf(codebook), packNumbers(codes, bits)];
}

function bytesOf(floats: Float32Array): Uint8Array {
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

function concatenate(sections: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(sections.reduce((length, section) => length + section.length, 0));
  let at = 0;
  for (const section of sections) {
    bytes.set(section, at);
    at += section.length;
  }
  return bytes;
}
