import { describeValue } from '../describe-value.ts';
import { NgramVocabulary } from '../vocabulary.ts';
import { packedByteLength } from './packed-bits.ts';

/** What stands before the sections; all numbers that their sizes follow from. */
export interface CompactHeader {
  readonly version: 1;
  /** N-grams by order. */
  readonly sizes: readonly number[];
  readonly wordBits: number;
  readonly probabilityBits: number;
  readonly backoffBits: number;
  /** Bytes of the words, a JSON array. */
  readonly vocabularyLength: number;
}

/** A stretch of the file, in bytes. */
export interface Section {
  readonly start: number;
  readonly length: number;
}

/** The sections of one order from 2. */
export interface LevelSections {
  /** How many children each n-gram of the order below has, in unary. */
  readonly children: Section;
  readonly words: Section;
  readonly probabilityBook: Section;
  readonly probabilityCodes: Section;
  /** Empty at the highest order. */
  readonly backoffBook: Section;
  readonly backoffCodes: Section;
}

/** Where everything in a compact file is. */
export interface CompactLayout {
  readonly header: CompactHeader;
  readonly vocabulary: Section;
  readonly unigramProbabilities: Section;
  /** Empty if there are only unigrams. */
  readonly unigramBackoffs: Section;
  /** By order, from 2. */
  readonly levels: readonly LevelSections[];
  /** Bytes of the whole file. */
  readonly length: number;
}

export const COMPACT_MAGIC = 'wordloom n-gram\n';
/** Bytes of the magic and of the header's length. */
export const COMPACT_PREFIX: number = COMPACT_MAGIC.length + 4;
const LARGEST_HEADER = 1 << 16;

/** An error about a compact file that names the byte. */
export function wrongCompact(source: string, byte: number, what: string): SyntaxError {
  return new SyntaxError(`decodeCompact: ${source}, byte ${byte}: ${what}.`);
}

/**
 * How long the header is.
 *
 * @param prefix the first {@link COMPACT_PREFIX} bytes of the file
 * @throws {SyntaxError} if it is no compact file
 */
export function headerLengthOf(prefix: Uint8Array, source: string): number {
  if (latin1(prefix.subarray(0, COMPACT_MAGIC.length)) !== COMPACT_MAGIC) {
    throw wrongCompact(
      source,
      Math.min(prefix.length, COMPACT_MAGIC.length),
      'must begin with "wordloom n-gram"',
    );
  }
  if (prefix.length < COMPACT_PREFIX) {
    throw wrongCompact(
      source,
      COMPACT_MAGIC.length,
      `4 bytes must follow, but the file has ${prefix.length} in all`,
    );
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(COMPACT_MAGIC.length, true);
  if (length > LARGEST_HEADER) {
    throw wrongCompact(source, COMPACT_PREFIX, `a header of ${length} bytes is too long`);
  }
  return length;
}

/**
 * Where the sections of a file are.
 *
 * @param bytes      of the header
 * @param fileLength bytes that the whole file has
 * @throws {SyntaxError} if the header is damaged, or the file is shorter or longer than it says
 */
export function readLayout(bytes: Uint8Array, source: string, fileLength: number): CompactLayout {
  let at = COMPACT_PREFIX + bytes.length;
  const header = parseHeader(parseJson(bytes, source, at), source, at);
  const { sizes, wordBits, probabilityBits, backoffBits, vocabularyLength } = header;
  const take = (length: number): Section => {
    at += length;
    return { start: at - length, length };
  };
  const order = sizes.length;
  const vocabulary = take(vocabularyLength);
  const unigramProbabilities = take(sizes[0]! * 4);
  const unigramBackoffs = take(order > 1 ? sizes[0]! * 4 : 0);
  const levels: LevelSections[] = [];
  for (let level = 2; level <= order; level++) {
    const count = sizes[level - 1]!;
    const isContext = level < order;
    levels.push({
      children: take(packedByteLength(sizes[level - 2]! + count, 1)),
      words: take(packedByteLength(count, wordBits)),
      probabilityBook: take(4 * 2 ** probabilityBits),
      probabilityCodes: take(packedByteLength(count, probabilityBits)),
      backoffBook: take(isContext ? 4 * 2 ** backoffBits : 0),
      backoffCodes: take(isContext ? packedByteLength(count, backoffBits) : 0),
    });
  }
  if (at !== fileLength) {
    const what =
      at > fileLength
        ? `the file must have ${at} bytes, as its header says, but has ${fileLength}`
        : `${fileLength - at} bytes are left over`;
    throw wrongCompact(source, Math.min(at, fileLength), what);
  }
  return { header, vocabulary, unigramProbabilities, unigramBackoffs, levels, length: at };
}

/** Where the nodes of each level begin, as in an `NgramTrie`. */
export function levelStartsOf({ sizes }: CompactHeader): Int32Array {
  const starts = new Int32Array(sizes.length + 2);
  starts[1] = 1;
  for (const [index, size] of sizes.entries()) starts[index + 2] = starts[index + 1]! + size;
  return starts;
}

/** @throws {SyntaxError} if the bytes are not as many different words as there are unigrams */
export function readCompactVocabulary(
  bytes: Uint8Array,
  source: string,
  { header, vocabulary }: CompactLayout,
): NgramVocabulary {
  const end = vocabulary.start + vocabulary.length;
  const words = parseJson(bytes, source, end);
  const isRight =
    Array.isArray(words) &&
    words.length === header.sizes[0] &&
    words.every((word) => typeof word === 'string');
  if (!isRight) throw wrongCompact(source, end, `the vocabulary must have ${header.sizes[0]} words`);
  try {
    return new NgramVocabulary(words as string[]);
  } catch (error) {
    throw wrongCompact(source, end, (error as Error).message);
  }
}

/** Numbers of a section, wherever it begins. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const floats = new Float32Array(bytes.length >> 2);
  new Uint8Array(floats.buffer).set(bytes.subarray(0, floats.length * 4));
  return floats;
}

function parseHeader(json: unknown, source: string, at: number): CompactHeader {
  const header = json as Partial<CompactHeader> | null;
  const isInteger = (value: unknown, smallest: number, largest: number) =>
    Number.isInteger(value) && (value as number) >= smallest && (value as number) <= largest;
  if (header?.version !== 1) {
    throw wrongCompact(source, at, `the header's version must be 1, got ${describeValue(header?.version)}`);
  }
  const isRight =
    Array.isArray(header.sizes) &&
    isInteger(header.sizes.length, 1, 255) &&
    header.sizes.every((size) => isInteger(size, 0, 2 ** 31 - 1)) &&
    header.sizes.reduce((sum, size) => sum + size, 1) < 2 ** 31 &&
    isInteger(header.wordBits, 1, 24) &&
    isInteger(header.probabilityBits, 1, 16) &&
    isInteger(header.backoffBits, 1, 16) &&
    isInteger(header.vocabularyLength, 0, 2 ** 31 - 1);
  if (!isRight) throw wrongCompact(source, at, 'the header is damaged');
  return header as CompactHeader;
}

function parseJson(bytes: Uint8Array, source: string, end: number): unknown {
  try {
    // A decoder takes no shared memory.
    return JSON.parse(new TextDecoder().decode(bytes.slice()));
  } catch {
    throw wrongCompact(source, end, 'expected JSON before');
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
