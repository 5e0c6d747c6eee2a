import { BLOCK_BYTES, type RunSink } from './run-writer.ts';
import type { WordCursor } from './word-cursor.ts';

/** The bytes of a run, to be read from anywhere. */
export interface RunBytes {
  /** What an error calls it. */
  readonly name: string;
  readonly byteLength: number;
  /** Reads bytes from `position` on into `target`, as many as there are and fit; returns how many. */
  read(target: Uint8Array, position: number): number;
}

/** Reads what {@link RunWriter} wrote. */
export class RunReader implements WordCursor {
  start = 0;
  byteLength = 0;
  isWide = false;
  count = 0;
  readonly #run: RunBytes;
  #block: Uint8Array;
  /** The part of the block that holds bytes still to be read. */
  #from = 0;
  #to = 0;
  /** Where in the run the block's next bytes come from. */
  #position = 0;

  /** @param blockBytes how many bytes are read at a time */
  constructor(run: RunBytes, blockBytes: number = BLOCK_BYTES) {
    this.#run = run;
    this.#block = new Uint8Array(Math.max(BLOCK_LEAST, Math.min(blockBytes, run.byteLength)));
  }

  get bytes(): Uint8Array {
    return this.#block;
  }

  next(): boolean {
    if (this.#to - this.#from < LARGEST_NUMBER_BYTES) this.#fill(LARGEST_NUMBER_BYTES);
    if (this.#from === this.#to) return false;
    const size = this.#readNumber();
    this.isWide = size % 2 === 1;
    this.byteLength = Math.floor(size / 2);
    const needed = this.byteLength + LARGEST_NUMBER_BYTES;
    if (this.#to - this.#from < needed) this.#fill(needed);
    if (this.#to - this.#from <= this.byteLength) this.#fail();
    this.start = this.#from;
    this.#from += this.byteLength;
    this.count = this.#readNumber();
    return true;
  }

  /** Makes `needed` bytes available, or as many as there are. */
  #fill(needed: number): void {
    const kept = this.#to - this.#from;
    if (needed > this.#block.length) {
      if (needed - kept - LARGEST_NUMBER_BYTES > this.#run.byteLength - this.#position) this.#fail();
      const larger = new Uint8Array(needed);
      larger.set(this.#block.subarray(this.#from, this.#to));
      this.#block = larger;
    } else {
      this.#block.copyWithin(0, this.#from, this.#to);
    }
    this.#from = 0;
    this.#to = kept;
    while (this.#to < this.#block.length && this.#position < this.#run.byteLength) {
      const count = this.#run.read(this.#block.subarray(this.#to), this.#position);
      if (count === 0) this.#fail();
      this.#to += count;
      this.#position += count;
    }
  }

  #readNumber(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      if (this.#from === this.#to || scale > LARGEST_SCALE) this.#fail();
      const byte = this.#block[this.#from++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  #fail(): never {
    const at = this.#position - (this.#to - this.#from);
    throw new RangeError(
      `countWords: ${this.#run.name} must hold words and counts, got something else at byte ${at}.`,
    );
  }
}

/** A run in memory. */
export class MemoryRun implements RunSink, RunBytes {
  readonly name = 'a run in memory';
  byteLength = 0;
  readonly #blocks: Uint8Array[] = [];
  /** Where each block begins. */
  readonly #starts: number[] = [];

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#starts.push(this.byteLength);
    this.#blocks.push(bytes.slice());
    this.byteLength += bytes.length;
  }

  read(target: Uint8Array, position: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= position) low = middle;
      else high = middle;
    }
    if (low === this.#blocks.length) return 0;
    const from = position - this.#starts[low]!;
    const part = this.#blocks[low]!.subarray(from, from + target.length);
    target.set(part);
    return part.length;
  }
}

const LARGEST_NUMBER_BYTES = 8;
/** 128⁷: that of the last byte of 2⁵³ − 1. */
const LARGEST_SCALE = 2 ** 49;
const BLOCK_LEAST = 64;
