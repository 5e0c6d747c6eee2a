import { BlockEncoder } from '../boundaries/block-encoder.ts';
import { isWithinPair } from '../boundaries/text-boundaries.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { encodedLength } from './encoded-length.ts';

export interface IntervalCounterOptions {
  /** Whether the tokens that the post-processor puts in are counted (default true). */
  readonly addSpecialTokens?: boolean;
  /** Whether special tokens written in the text count as one token (default true). */
  readonly parseSpecialTokens?: boolean;
}

/**
 * Counts the tokens of any part of a text: exactly `tokenizer.encode(text.slice(start, end)).length`, without truncation and
 * padding. For chunking documents, and for prompts that have to fit.
 *
 * The text is encoded once, in blocks of some 32 code units that are independent of each other. A part is whole blocks, whose sum is
 * known, and a piece of a block at either end, which is encoded: time in proportion to the length of these two blocks, whatever the
 * length of the part. Blocks are long where a text has no place to cut it (a word of a megabyte is one block), and with
 * pipelines of which no such places are known, where the whole part is encoded each time; `longestBlock` tells.
 *
 * @example
 * const counter = new IntervalCounter(tokenizer, document);
 * counter.count(0, 5000); // tokens of the first 5000 code units
 */
export class IntervalCounter {
  readonly text: string;
  /** The length of the longest block, in code units: `count` encodes at most two. */
  readonly longestBlock: number;
  readonly #encoder: BlockEncoder;
  readonly #parseSpecialTokens: boolean;
  readonly #buffer = new IdBuffer(64);
  /** Where blocks begin, and the end of the text. */
  readonly #bounds: Int32Array;
  /** Tokens before each bound. */
  readonly #sums: Int32Array;
  /** For each stretch of 64 code units, the first bound in or after it. */
  readonly #firstBounds: Int32Array;
  /** Tokens of the post-processor, and how often it takes the text. */
  readonly #added: number;
  readonly #times: number;

  /** @throws as the tokenizer's `encode` */
  constructor(
    tokenizer: Tokenizer,
    text: string,
    { addSpecialTokens = true, parseSpecialTokens = true }: IntervalCounterOptions = {},
  ) {
    this.text = text;
    this.#encoder = BlockEncoder.for(tokenizer);
    this.#parseSpecialTokens = parseSpecialTokens;
    this.#added = encodedLength([0], tokenizer.postProcessor, addSpecialTokens);
    this.#times = encodedLength([1], tokenizer.postProcessor, addSpecialTokens) - this.#added;
    const bounds = [0];
    const sums = [0];
    let longest = 0;
    for (let start = 0; start < text.length; ) {
      const end = this.#encoder.blockEnd(text, start);
      sums.push(sums.at(-1)! + this.#countOf(start, end, start === 0));
      bounds.push(end);
      longest = Math.max(longest, end - start);
      start = end;
    }
    this.longestBlock = longest;
    this.#bounds = Int32Array.from(bounds);
    this.#sums = Int32Array.from(sums);
    this.#firstBounds = new Int32Array((text.length >> STRETCH_BITS) + 1);
    for (let stretch = 0, bound = 0; stretch < this.#firstBounds.length; stretch++) {
      while (bounds[bound]! < stretch << STRETCH_BITS) bound++;
      this.#firstBounds[stretch] = bound;
    }
  }

  /**
   * The number of tokens of the code units from `start` up to `end`. A surrogate pair that is cut in two counts as the U+FFFD
   * that encoding makes of its halves.
   *
   * @throws {RangeError} if the two are no part of the text
   */
  count(start: number, end: number): number {
    const { text } = this;
    if (
      !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length)
    ) {
      throw new RangeError(
        `IntervalCounter.count: start and end must be a part of 0 to ${text.length}, got ${start} and ${end}.`,
      );
    }
    return this.#added + this.#times * this.#countPart(start, end);
  }

  #countPart(start: number, end: number): number {
    const bounds = this.#bounds;
    const first = start === 0 ? 0 : this.#firstAfter(start);
    const last = end === this.text.length ? bounds.length - 1 : this.#lastBefore(end);
    if (last < first || bounds[last]! <= start) return this.#countOf(start, end, true);
    const within = this.#sums[last]! - this.#sums[first]!;
    return this.#countOf(start, bounds[first]!, true) + within + this.#countOf(bounds[last]!, end, false);
  }

  /** The first bound before which there is a whole character from `start` on. */
  #firstAfter(start: number): number {
    let bound = this.#firstBounds[start >> STRETCH_BITS]!;
    while (this.#bounds[bound]! <= start) bound++;
    const at = this.#bounds[bound]!;
    return at - 1 === start && isWithinPair(this.text, start) ? bound + 1 : bound;
  }

  /** The last bound after which there is a whole character up to `end`. */
  #lastBefore(end: number): number {
    let bound = this.#firstBounds[end >> STRETCH_BITS]!;
    while (this.#bounds[bound]! < end) bound++;
    bound--;
    return this.#bounds[bound] === end - 1 && isWithinPair(this.text, end) ? bound - 1 : bound;
  }

  #countOf(start: number, end: number, isFirst: boolean): number {
    if (start === end) return 0;
    this.#buffer.clear();
    this.#encoder.encode(this.text.slice(start, end), isFirst, this.#parseSpecialTokens, this.#buffer);
    return this.#buffer.length;
  }
}

const STRETCH_BITS = 6;
