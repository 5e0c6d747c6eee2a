import { fnvHash } from './fnv-hash.ts';
import { type SubwordOptions, subwordBuckets } from './subwords.ts';
import { wordNgramBuckets } from './word-ngrams.ts';

/** The word at the end of each line. */
export const END_OF_LINE = '</s>';

/** Words and labels of a model, as its file has them: words first, each the more frequent first. */
export interface DictionaryEntries {
  /** UTF-8 of all words and labels, one after the other. */
  readonly bytes: Uint8Array;
  /** Where each begins in {@link bytes}, and where the last ends. */
  readonly offsets: Int32Array;
  /** How often each occurred. */
  readonly counts: Float64Array;
  readonly wordCount: number;
  /** Words and labels of the training text. */
  readonly tokenCount: number;
  /** Which rows of buckets are left in a pruned model, and where; undefined where none was removed. */
  readonly keptBuckets: ReadonlyMap<number, number> | undefined;
}

/** How lines become rows. */
export interface DictionaryOptions extends SubwordOptions {
  readonly wordNgrams: number;
  /** What labels begin with. */
  readonly labelPrefix: string;
}

/** A line as the model sees it. */
export interface EncodedLine {
  /** Of the input matrix: words, and character and word n-grams. */
  readonly rows: number[];
  /** By number, from 0. */
  readonly labels: number[];
}

/** What a model knows of words: which rows of its input matrix a line or a word stands for. */
export class FastTextDictionary {
  readonly entries: DictionaryEntries;
  readonly options: DictionaryOptions;
  readonly #prefix: Uint8Array;
  readonly #endOfLine: number;
  /** Entry + 1 by hash; 0 is free. */
  readonly #slots: Int32Array;
  #words: readonly string[] | undefined;
  #labels: readonly string[] | undefined;

  constructor(entries: DictionaryEntries, options: DictionaryOptions) {
    this.entries = entries;
    this.options = options;
    this.#prefix = new TextEncoder().encode(options.labelPrefix);
    const count = entries.offsets.length - 1;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 2)));
    for (let entry = 0; entry < count; entry++) {
      const [begin, end] = [entries.offsets[entry]!, entries.offsets[entry + 1]!];
      const slot = this.#slotOf(entries.bytes, begin, end, fnvHash(entries.bytes, begin, end));
      if (this.#slots[slot] === 0) this.#slots[slot] = entry + 1;
    }
    const ending = new TextEncoder().encode(END_OF_LINE);
    this.#endOfLine = this.#find(ending, 0, ending.length, fnvHash(ending, 0, ending.length));
  }

  get wordCount(): number {
    return this.entries.wordCount;
  }

  get labelCount(): number {
    return this.entries.offsets.length - 1 - this.entries.wordCount;
  }

  /** The words, by row. */
  get words(): readonly string[] {
    this.#words ??= this.#decode(0, this.wordCount);
    return this.#words;
  }

  /** The labels as they are written, prefix included, by number. */
  get labels(): readonly string[] {
    this.#labels ??= this.#decode(this.wordCount, this.entries.offsets.length - 1);
    return this.#labels;
  }

  /** How often each label occurred, by number. */
  get labelCounts(): Float64Array {
    return this.entries.counts.subarray(this.wordCount);
  }

  /**
   * Rows of a text's words and n-grams, and its labels, up to the end of its first line.
   *
   * Words stand between blanks of ASCII (space, tab, line feed, vertical tab, form feed, carriage return, NUL). A line feed ends the line and is itself the
   * word `</s>`, which ends it too where it is written out; a text without either has no such word, as in fastText.
   */
  encodeLine(text: string): EncodedLine {
    const bytes = new TextEncoder().encode(text);
    const rows: number[] = [];
    const labels: number[] = [];
    const hashes: number[] = [];
    let at = 0;
    for (;;) {
      while (at < bytes.length && isBlank(bytes[at]!) && bytes[at] !== LINE_FEED) at++;
      if (at === bytes.length) break;
      const begin = at;
      while (at < bytes.length && !isBlank(bytes[at]!)) at++;
      if (bytes[begin] === LINE_FEED || isEndOfLine(bytes, begin, at)) {
        if (this.#endOfLine >= 0) rows.push(this.#endOfLine);
        hashes.push(END_OF_LINE_HASH);
        break;
      }
      const hash = fnvHash(bytes, begin, at);
      const entry = this.#find(bytes, begin, at, hash);
      if (entry >= this.wordCount) labels.push(entry - this.wordCount);
      else if (entry >= 0 || !this.#isLabel(bytes, begin, at)) {
        if (entry >= 0) rows.push(entry);
        this.#addSubwords(bytes.subarray(begin, at), rows);
        hashes.push(hash);
      }
    }
    const { wordNgrams, bucket } = this.options;
    if (wordNgrams > 1 && bucket > 0) {
      for (const found of wordNgramBuckets(hashes, wordNgrams, bucket)) this.#addBucket(found, rows);
    }
    return { rows, labels };
  }

  /** The rows that make a word's vector: its own, if it is known, and those of its character n-grams. */
  rowsOfWord(word: string): number[] {
    const bytes = new TextEncoder().encode(word);
    const entry = this.#find(bytes, 0, bytes.length, fnvHash(bytes, 0, bytes.length));
    const rows: number[] = [];
    if (entry >= 0 && entry < this.wordCount) rows.push(entry);
    if (word !== END_OF_LINE) this.#addSubwords(bytes, rows);
    return rows;
  }

  #addSubwords(bytes: Uint8Array, rows: number[]): void {
    if (this.options.maxn <= 0 || this.options.bucket <= 0) return;
    for (const bucket of subwordBuckets(bytes, this.options)) this.#addBucket(bucket, rows);
  }

  #addBucket(bucket: number, rows: number[]): void {
    const { keptBuckets } = this.entries;
    const kept = keptBuckets ? keptBuckets.get(bucket) : bucket;
    if (kept !== undefined) rows.push(this.wordCount + kept);
  }

  #isLabel(bytes: Uint8Array, begin: number, end: number): boolean {
    const prefix = this.#prefix;
    return end - begin >= prefix.length && prefix.every((byte, at) => bytes[begin + at] === byte);
  }

  /** The entry of some bytes, −1 if there is none. */
  #find(bytes: Uint8Array, begin: number, end: number, hash: number): number {
    return this.#slots[this.#slotOf(bytes, begin, end, hash)]! - 1;
  }

  #slotOf(bytes: Uint8Array, begin: number, end: number, hash: number): number {
    const { bytes: known, offsets } = this.entries;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) return slot;
      const from = offsets[entry]!;
      if (offsets[entry + 1]! - from !== end - begin) continue;
      let same = 0;
      while (same < end - begin && known[from + same] === bytes[begin + same]) same++;
      if (same === end - begin) return slot;
    }
  }

  #decode(first: number, end: number): readonly string[] {
    const { bytes, offsets } = this.entries;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return Array.from({ length: end - first }, (_, at) =>
      decoder.decode(bytes.subarray(offsets[first + at]!, offsets[first + at + 1]!)),
    );
  }
}

const LINE_FEED = 0x0a;
const ENDING = new TextEncoder().encode(END_OF_LINE);
const END_OF_LINE_HASH = fnvHash(ENDING, 0, ENDING.length);

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0;
}

function isEndOfLine(bytes: Uint8Array, begin: number, end: number): boolean {
  return end - begin === ENDING.length && ENDING.every((byte, at) => bytes[begin + at] === byte);
}
