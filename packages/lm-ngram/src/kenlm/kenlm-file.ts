import { describeValue } from '../describe-value.ts';

/** How KenLM stores n-grams, by the number in the file. */
export const KENLM_MODEL_TYPES = [
  'probing',
  'probing with rest costs',
  'trie',
  'quantized trie',
  'trie with array pointers',
  'quantized trie with array pointers',
] as const;

/** The beginning of a KenLM binary file. */
export interface KenlmHeader {
  readonly modelType: (typeof KENLM_MODEL_TYPES)[number];
  /** N-grams by order. */
  readonly counts: readonly number[];
  readonly probingMultiplier: number;
  readonly hasWords: boolean;
  readonly searchVersion: number;
  /** Bytes of all this; a multiple of 8. */
  readonly length: number;
}

export const KENLM_MAGIC = 'mmap lm http://kheafield.com/code format version 5\n\0';
/** The magic, filled up to a multiple of 8, and values that show byte order and sizes of numbers. */
export const KENLM_CHECKED_LENGTH: number = 56 + 32;
export const KENLM_FIXED_LENGTH = 20;

/** Reads bytes and runs of bits of a KenLM file, with errors that name the byte. */
export class KenlmReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #source: string;

  constructor(bytes: Uint8Array, source: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#source = source;
  }

  /** @throws {SyntaxError} if the file ends before */
  require(at: number, length: number, what: string): void {
    if (at + length > this.bytes.length) {
      throw this.wrong(at, `${what} take ${length} bytes, but the file has ${this.bytes.length} in all`);
    }
  }

  uint64(at: number): number {
    const number = Number(this.view.getBigUint64(at, true));
    if (!Number.isSafeInteger(number)) throw this.wrong(at, `${number} is too large`);
    return number;
  }

  /** Up to 32 bits from a place that is counted in bits; four bytes past them must be there. */
  bits(at: number, count: number): number {
    if (count === 0) return 0;
    const byte = Math.floor(at / 8);
    const shift = at % 8;
    const low = this.view.getUint32(byte, true);
    const whole = shift === 0 ? low : (low >>> shift) | (this.bytes[byte + 4]! << (32 - shift));
    return count === 32 ? whole >>> 0 : whole & (2 ** count - 1);
  }

  wrong(at: number, what: string): SyntaxError {
    return new SyntaxError(`readKenlm: ${this.#source}, byte ${at}: ${what}.`);
  }
}

/** @throws {SyntaxError} if the file is none of KenLM's, or of another version or machine */
export function readKenlmHeader(reader: KenlmReader): KenlmHeader {
  const { bytes, view } = reader;
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, KENLM_MAGIC.length));
  if (magic !== KENLM_MAGIC) {
    if (magic.startsWith('mmap lm http://kheafield.com/code incomplete')) {
      throw reader.wrong(0, 'the file was not finished when it was built');
    }
    throw reader.wrong(
      0,
      `must begin with ${describeValue(KENLM_MAGIC.slice(0, -2))}, got ${describeValue(magic.slice(0, 60))}`,
    );
  }
  reader.require(0, KENLM_CHECKED_LENGTH + KENLM_FIXED_LENGTH, 'the header');
  const isOurs =
    view.getFloat32(56, true) === 0 &&
    view.getFloat32(60, true) === 1 &&
    view.getFloat32(64, true) === -0.5 &&
    view.getUint32(68, true) === 1 &&
    view.getUint32(72, true) === 0xffffffff &&
    view.getBigUint64(80, true) === 1n;
  if (!isOurs)
    throw reader.wrong(56, 'the file is from a machine with other byte order or other sizes of numbers');
  const order = bytes[KENLM_CHECKED_LENGTH]!;
  const modelType = KENLM_MODEL_TYPES[view.getInt32(KENLM_CHECKED_LENGTH + 8, true)];
  if (order === 0) throw reader.wrong(KENLM_CHECKED_LENGTH, 'the order must be at least 1, got 0');
  if (!modelType) {
    throw reader.wrong(
      KENLM_CHECKED_LENGTH + 8,
      `the model type must be 0 to 5, got ${view.getInt32(KENLM_CHECKED_LENGTH + 8, true)}`,
    );
  }
  const length = Math.ceil((KENLM_CHECKED_LENGTH + KENLM_FIXED_LENGTH + 8 * order) / 8) * 8;
  reader.require(0, length, 'the counts');
  return {
    modelType,
    counts: Array.from({ length: order }, (_, index) =>
      reader.uint64(KENLM_CHECKED_LENGTH + KENLM_FIXED_LENGTH + 8 * index),
    ),
    probingMultiplier: view.getFloat32(KENLM_CHECKED_LENGTH + 4, true),
    hasWords: bytes[KENLM_CHECKED_LENGTH + 12] !== 0,
    searchVersion: view.getUint32(KENLM_CHECKED_LENGTH + 16, true),
    length,
  };
}

/**
 * The words at the end of the file, by KenLM's ids.
 *
 * @throws {SyntaxError} if there are others than `count`
 */
export function readKenlmWords(reader: KenlmReader, at: number, count: number): string[] {
  const words = new TextDecoder('utf-8', { ignoreBOM: true }).decode(reader.bytes.subarray(at)).split('\0');
  if (words[0] !== '<unk>')
    throw reader.wrong(at, `the first word must be "<unk>", got ${describeValue(words[0])}`);
  if (words.pop() !== '' || words.length !== count) {
    throw reader.wrong(at, `there must be ${count} words, got ${words.length}`);
  }
  return words;
}

/** Places of the hash table for so many entries; KenLM computes it in 32-bit floats. */
export function probingBucketCount(count: number, multiplier: number): number {
  return Math.max(count + 1, Math.floor(Math.fround(multiplier * Math.fround(count))));
}
