import { BlockEncoder } from '../boundaries/block-encoder.ts';
import { describeValue } from '../describe-value.ts';
import { IdBuffer } from '../id-buffer.ts';
import type { TokenIds } from '../token-id.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { encodedLength } from './encoded-length.ts';

export interface IncrementalEncoderOptions {
  /** The text to begin with (default empty). */
  readonly text?: string;
  /** Whether the post-processor's tokens are put in (default true). */
  readonly addSpecialTokens?: boolean;
  /** Whether special tokens written in the text become their ids (default true). */
  readonly parseSpecialTokens?: boolean;
}

/** What a change of the text took. */
export interface EditCost {
  /** How many blocks were encoded. */
  readonly blocks: number;
  /** How many code units they have. */
  readonly codeUnits: number;
}

/**
 * A text that changes, and its token ids: those of `tokenizer.encode(text)`, without truncation and padding. For editors, and for
 * prompts that grow.
 *
 * The text is kept in blocks of some 32 code units that are independent of each other. A change encodes the blocks that it touches,
 * and those next to it; besides, it takes time for finding its place, from the nearer end of the text. Blocks are long where a text
 * has no place to cut it, and with pipelines of which no such places are known the whole text is one.
 *
 * @example
 * const encoder = new IncrementalEncoder(tokenizer, { text: document });
 * encoder.append(' And so on.');
 * encoder.replace(0, 5, 'Hello'); // { blocks: 1, codeUnits: 36 }: what was encoded anew
 * encoder.count;
 */
export class IncrementalEncoder<V extends string = string> {
  readonly #tokenizer: Tokenizer<V>;
  readonly #encoder: BlockEncoder;
  readonly #addSpecialTokens: boolean;
  readonly #parseSpecialTokens: boolean;
  readonly #buffer = new IdBuffer(64);
  #blocks: Block[] = [];
  #length = 0;
  #idCount = 0;

  /** @throws as the tokenizer's `encode` */
  constructor(
    tokenizer: Tokenizer<V>,
    { text = '', addSpecialTokens = true, parseSpecialTokens = true }: IncrementalEncoderOptions = {},
  ) {
    this.#tokenizer = tokenizer;
    this.#encoder = BlockEncoder.for(tokenizer);
    this.#addSpecialTokens = addSpecialTokens;
    this.#parseSpecialTokens = parseSpecialTokens;
    this.append(text);
  }

  get text(): string {
    return this.#blocks.map(({ text }) => text).join('');
  }

  /** The length of the text, in code units. */
  get length(): number {
    return this.#length;
  }

  /** How many ids there are. */
  get count(): number {
    return encodedLength([this.#idCount], this.#tokenizer.postProcessor, this.#addSpecialTokens);
  }

  get ids(): TokenIds<V> {
    const ids = new IdBuffer(this.#idCount);
    for (const block of this.#blocks) ids.append(block.ids);
    const { postProcessor } = this.#tokenizer;
    if (!postProcessor) return ids.toArray() as TokenIds<V>;
    const processed = new IdBuffer(ids.length);
    for (const part of postProcessor.processIds([ids.toArray()], this.#addSpecialTokens))
      processed.append(part);
    return processed.toArray() as TokenIds<V>;
  }

  /** Puts a text at the end. */
  append(text: string): EditCost {
    return this.replace(this.#length, this.#length, text);
  }

  /** Removes the text from a position on. */
  truncate(position: number): EditCost {
    return this.replace(position, this.#length, '');
  }

  /**
   * Puts a text in the place of the code units from `start` up to `end`.
   *
   * @throws {RangeError} if the two are no part of the text, and as the tokenizer's `encode`; nothing is changed then
   */
  replace(start: number, end: number, text: string): EditCost {
    if (typeof text !== 'string') {
      throw new TypeError(`IncrementalEncoder: text must be a string, got ${describeValue(text)}.`);
    }
    if (
      !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= this.#length)
    ) {
      throw new RangeError(
        `IncrementalEncoder: start and end must be a part of 0 to ${this.#length}, got ${start} and ${end}.`,
      );
    }
    const { first, last, offset } = this.#touched(start, end);
    const old = this.#blocks.slice(first, last);
    const oldText = old.map((block) => block.text).join('');
    const newText = oldText.slice(0, start - offset) + text + oldText.slice(end - offset);
    const blocks = this.#encode(newText, first === 0);
    this.#exchange(first, last, blocks);
    this.#length += newText.length - oldText.length;
    this.#idCount += idCountOf(blocks) - idCountOf(old);
    return { blocks: blocks.length, codeUnits: newText.length };
  }

  /** The blocks that a change touches. Others keep the characters next to both of their ends, and so they stay. */
  #touched(start: number, end: number): { first: number; last: number; offset: number } {
    const blocks = this.#blocks;
    let first = 0;
    let offset = 0;
    if (start <= this.#length >> 1) {
      while (first + 1 < blocks.length && offset + blocks[first]!.text.length + 2 <= start) {
        offset += blocks[first++]!.text.length;
      }
    } else {
      first = blocks.length;
      offset = this.#length;
      while (first > 0 && (first === blocks.length || offset + 2 > start))
        offset -= blocks[--first]!.text.length;
    }
    let last = first;
    for (let bound = offset; last < blocks.length && (last === first || bound < end + 2); last++) {
      bound += blocks[last]!.text.length;
    }
    return { first, last, offset };
  }

  #encode(text: string, isAtStart: boolean): Block[] {
    const blocks: Block[] = [];
    for (let start = 0; start < text.length; ) {
      const end = this.#encoder.blockEnd(text, start);
      const block = text.slice(start, end);
      this.#buffer.clear();
      this.#encoder.encode(block, isAtStart && start === 0, this.#parseSpecialTokens, this.#buffer);
      blocks.push({ text: block, ids: this.#buffer.toArray() });
      start = end;
    }
    return blocks;
  }

  #exchange(first: number, last: number, blocks: readonly Block[]): void {
    if (last === this.#blocks.length) {
      this.#blocks.length = first;
      for (const block of blocks) this.#blocks.push(block);
    } else if (blocks.length < 1000) {
      this.#blocks.splice(first, last - first, ...blocks);
    } else {
      this.#blocks = [...this.#blocks.slice(0, first), ...blocks, ...this.#blocks.slice(last)];
    }
  }
}

interface Block {
  readonly text: string;
  readonly ids: Int32Array;
}

function idCountOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { ids }) => sum + ids.length, 0);
}
