import { describeValue } from '../describe-value.ts';
import { NgramModel } from '../ngram-model.ts';
import { NgramTrie } from '../ngram-trie.ts';
import { NgramVocabulary } from '../vocabulary.ts';
import { makeCodebook } from './codebook.ts';
import { packedByteLength, packNumbers, unpackNumbers } from './packed-bits.ts';

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

/** What stands before the sections; all numbers that their sizes follow from. */
interface Header {
  readonly version: 1;
  /** N-grams by order. */
  readonly sizes: readonly number[];
  readonly wordBits: number;
  readonly probabilityBits: number;
  readonly backoffBits: number;
  /** Bytes of the words, a JSON array. */
  readonly vocabularyLength: number;
}

const MAGIC = 'wordloom n-gram\n';
const LARGEST_HEADER = 1 << 16;

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
  const header: Header = {
    version: 1,
    sizes: trie.sizes,
    wordBits,
    probabilityBits,
    backoffBits,
    vocabularyLength: words.length,
  };
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const sections: Uint8Array[] = [
    new TextEncoder().encode(MAGIC),
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
  const reader = new SectionReader(bytes, source);
  if (new TextDecoder('latin1').decode(reader.take(MAGIC.length)) !== MAGIC) {
    throw reader.wrong('must begin with "wordloom n-gram"');
  }
  const header = readHeader(reader);
  const { sizes, wordBits, probabilityBits, backoffBits } = header;
  const order = sizes.length;
  const vocabulary = readVocabulary(reader, header);
  const levelStarts = new Int32Array(order + 2);
  levelStarts[1] = 1;
  for (let level = 1; level <= order; level++)
    levelStarts[level + 1] = levelStarts[level]! + sizes[level - 1]!;
  const nodeCount = levelStarts[order + 1]!;
  reader.expect(sizes, header);

  const words = new Int32Array(nodeCount);
  const firstChildren = new Int32Array(levelStarts[order]! + 1);
  const logProbabilities = new Float32Array(nodeCount);
  const logBackoffs = new Float32Array(levelStarts[order]!);
  words[0] = -1;
  for (let word = 0; word < vocabulary.size; word++) words[word + 1] = word;
  firstChildren[0] = 1;
  firstChildren[levelStarts[order]!] = nodeCount;
  logProbabilities.set(reader.takeFloats(vocabulary.size), 1);
  if (order > 1) logBackoffs.set(reader.takeFloats(vocabulary.size), 1);
  for (let level = 2; level <= order; level++) {
    const start = levelStarts[level]!;
    const count = sizes[level - 1]!;
    readChildren(reader, firstChildren, levelStarts, level);
    const packed = reader.take(packedByteLength(count, wordBits));
    const largest = unpackNumbers(packed, wordBits, words.subarray(start, start + count));
    if (largest >= vocabulary.size) throw reader.wrong(`word ${largest} is not in the vocabulary`);
    readNumbers(reader, logProbabilities, start, count, probabilityBits);
    if (level < order) readNumbers(reader, logBackoffs, start, count, backoffBits);
  }
  reader.end();
  const trie = new NgramTrie({ levelStarts, words, firstChildren });
  return new NgramModel({ vocabulary, trie, logProbabilities, logBackoffs });
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

function readChildren(
  reader: SectionReader,
  firstChildren: Int32Array,
  levelStarts: Int32Array,
  level: number,
): void {
  const contextStart = levelStarts[level - 1]!;
  const contextEnd = levelStarts[level]!;
  const count = levelStarts[level + 1]! - contextEnd;
  const bitCount = contextEnd - contextStart + count;
  let context = contextStart;
  let child = contextEnd;
  firstChildren[context] = child;
  const bytes = reader.take(packedByteLength(bitCount, 1));
  for (let at = 0; at < bitCount; at++) {
    if ((bytes[at >>> 3]! >> (at & 7)) & 1) child++;
    else if (++context < contextEnd) firstChildren[context] = child;
  }
  if (context !== contextEnd || child !== contextEnd + count) {
    throw reader.wrong(`the children of order ${level - 1} do not add up`);
  }
  firstChildren[contextEnd] = contextEnd + count;
}

function encodeNumbers(numbers: Float32Array, bits: number): [codebook: Uint8Array, codes: Uint8Array] {
  const { values, codes } = makeCodebook(numbers, 2 ** bits, [0, Number.NEGATIVE_INFINITY]);
  const codebook = new Float32Array(2 ** bits);
  codebook.set(values);
  return [bytesOf(codebook), packNumbers(codes, bits)];
}

function readNumbers(
  reader: SectionReader,
  target: Float32Array,
  start: number,
  count: number,
  bits: number,
): void {
  const codebook = reader.takeFloats(2 ** bits);
  unpackNumbers(
    reader.take(packedByteLength(count, bits)),
    bits,
    target.subarray(start, start + count),
    codebook,
  );
}

function readHeader(reader: SectionReader): Header {
  const length = new DataView(reader.take(4).slice().buffer).getUint32(0, true);
  if (length > LARGEST_HEADER) throw reader.wrong(`a header of ${length} bytes is too long`);
  const header = reader.takeJson(length) as Partial<Header> | null;
  const isInteger = (value: unknown, smallest: number, largest: number) =>
    Number.isInteger(value) && (value as number) >= smallest && (value as number) <= largest;
  if (header?.version !== 1) {
    throw reader.wrong(`the header's version must be 1, got ${describeValue(header?.version)}`);
  }
  const isRight =
    Array.isArray(header.sizes) &&
    header.sizes.length > 0 &&
    header.sizes.every((size) => isInteger(size, 0, 2 ** 31 - 1)) &&
    header.sizes.reduce((sum, size) => sum + size, 1) < 2 ** 31 &&
    isInteger(header.wordBits, 1, 24) &&
    isInteger(header.probabilityBits, 1, 16) &&
    isInteger(header.backoffBits, 1, 16) &&
    isInteger(header.vocabularyLength, 0, 2 ** 31 - 1);
  if (!isRight) throw reader.wrong('the header is damaged');
  return header as Header;
}

function readVocabulary(reader: SectionReader, { vocabularyLength, sizes }: Header): NgramVocabulary {
  const words = reader.takeJson(vocabularyLength);
  if (
    !Array.isArray(words) ||
    !words.every((word) => typeof word === 'string') ||
    words.length !== sizes[0]
  ) {
    throw reader.wrong(`the vocabulary must have ${sizes[0]} words`);
  }
  try {
    return new NgramVocabulary(words);
  } catch (error) {
    throw reader.wrong((error as Error).message);
  }
}

/** Goes through the sections of a file. */
class SectionReader {
  readonly #bytes: Uint8Array;
  readonly #source: string;
  #at = 0;

  constructor(bytes: Uint8Array, source: string) {
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength); // a Buffer's slices would share memory
    this.#source = source;
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) {
      throw this.wrong(`${length} bytes must follow, but the file has ${this.#bytes.length} in all`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  takeFloats(count: number): Float32Array {
    return new Float32Array(new Uint8Array(this.take(count * 4)).buffer);
  }

  takeJson(length: number): unknown {
    try {
      return JSON.parse(new TextDecoder().decode(this.take(length)));
    } catch (error) {
      if (error instanceof SyntaxError && error.message.includes(this.#source)) throw error;
      throw this.wrong('expected JSON before');
    }
  }

  /** Makes sure that the file is as long as its header says before memory is taken for it. */
  expect(sizes: readonly number[], { wordBits }: Header): void {
    const bits = sizes.slice(1).reduce((sum, size) => sum + size * wordBits, sizes[0]! * 32);
    if (this.#at + bits / 8 > this.#bytes.length) {
      throw this.wrong(
        `the n-grams take more than ${Math.floor(bits / 8)} bytes, but the file has ${this.#bytes.length} in all`,
      );
    }
  }

  end(): void {
    if (this.#at < this.#bytes.length)
      throw this.wrong(`${this.#bytes.length - this.#at} bytes are left over`);
  }

  wrong(what: string): SyntaxError {
    return new SyntaxError(`decodeCompact: ${this.#source}, byte ${this.#at}: ${what}.`);
  }
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
