import { addCounts } from './add-counts.ts';
import type { WordCursor } from './word-cursor.ts';

/** How many words there are. */
export interface WordTotals {
  /** Words, each as often as it occurs. */
  readonly wordCount: number;
  readonly distinctWordCount: number;
}

/** Where the bytes of a run go. */
export interface RunSink {
  /** The bytes are valid during the call only. */
  write(bytes: Uint8Array): void;
}

/**
 * Writes words one after the other: twice the bytes of its code units, plus one if they take two bytes each; the code units; the
 * count. Numbers are written seven bits a byte, the lowest first, with the top bit set in all bytes but the last (LEB128), up to
 * 2⁵³ − 1.
 */
export class RunWriter {
  readonly #sink: RunSink;
  readonly #block: Uint8Array;
  #length = 0;

  /** @param blockBytes how many bytes are written to the sink at a time */
  constructor(sink: RunSink, blockBytes: number = BLOCK_BYTES) {
    this.#sink = sink;
    this.#block = new Uint8Array(Math.max(LARGEST_NUMBER_BYTES, blockBytes));
  }

  add({ bytes, start, byteLength, isWide, count }: WordCursor): void {
    this.#writeNumber(2 * byteLength + (isWide ? 1 : 0));
    for (let at = start; at < start + byteLength; ) {
      if (this.#length === this.#block.length) this.flush();
      const end = Math.min(start + byteLength, at + this.#block.length - this.#length);
      if (end - at < 32) {
        while (at < end) this.#block[this.#length++] = bytes[at++]!; // faster than a call, for most words
      } else {
        this.#block.set(bytes.subarray(at, end), this.#length);
        this.#length += end - at;
        at = end;
      }
    }
    this.#writeNumber(count);
  }

  /** Writes what is still here. */
  flush(): void {
    if (this.#length > 0) this.#sink.write(this.#block.subarray(0, this.#length));
    this.#length = 0;
  }

  #writeNumber(value: number): void {
    if (this.#length + LARGEST_NUMBER_BYTES > this.#block.length) this.flush();
    let rest = value;
    while (rest > 0x7f) {
      this.#block[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#block[this.#length++] = rest;
  }
}

/** Writes all words of a cursor; says how many they are. */
export function writeRun(words: WordCursor, sink: RunSink): WordTotals {
  const writer = new RunWriter(sink);
  let wordCount = 0;
  let distinctWordCount = 0;
  while (words.next()) {
    writer.add(words);
    wordCount = addCounts(wordCount, words.count, () => 'words');
    distinctWordCount++;
  }
  writer.flush();
  return { wordCount, distinctWordCount };
}

export const BLOCK_BYTES: number = 1 << 16;
const LARGEST_NUMBER_BYTES = 8;
