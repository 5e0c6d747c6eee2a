import { RunWriter } from './run-writer.ts';
import { type TextChunk, type TextFormat, textsOf } from './text-chunk.ts';
import type { WordCursor } from './word-cursor.ts';
import { WordFeed, type WordParts } from './word-feed.ts';
import { WordTable, type WordTableOptions } from './word-table.ts';

/** What counting a chunk, or a part of it, has come to. */
export interface ChunkReply {
  /** False if the table became full before the chunk was at its end. */
  readonly isComplete: boolean;
  /** UTF-16 code units of the texts begun in this call, and words added to the table in it. */
  readonly characterCount: number;
  readonly wordCount: number;
  /** Words in the table. */
  readonly distinctWordCount: number;
  /** From 0 to 1. */
  readonly fullness: number;
}

/** Counts chunks, one after the other, on this thread or on another. */
export interface ChunkCounter {
  /** Counts a chunk, or goes on with the last one if it was not complete. */
  count(chunk: TextChunk | undefined): ChunkReply | Promise<ChunkReply>;
  /**
   * The next part of a run of all words in the table; undefined at its end, when the table is empty and counting may go on.
   */
  readBlock(): Uint8Array<ArrayBuffer> | undefined | Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** Counts on this thread. */
export class TableCounter implements ChunkCounter {
  readonly #table: WordTable;
  readonly #feed: WordFeed;
  readonly #format: TextFormat;
  #texts: Iterator<string, void> = [].values();
  /** Whether words of a text that was begun may not be in the table yet. */
  #isInText = false;
  #blocks: Iterator<Uint8Array<ArrayBuffer>, void> | undefined;

  constructor({ memoryLimit, ...options }: WordParts & TextFormat & WordTableOptions) {
    this.#table = new WordTable(memoryLimit === undefined ? {} : { memoryLimit });
    this.#feed = new WordFeed(options);
    this.#format = options;
  }

  count(chunk: TextChunk | undefined): ChunkReply {
    if (chunk) this.#texts = textsOf(chunk, this.#format);
    const wordsBefore = this.#feed.wordCount;
    let characterCount = 0;
    let isComplete = false;
    for (;;) {
      if (this.#isInText && !this.#feed.fill(this.#table)) break;
      const { done, value: text } = this.#texts.next();
      this.#isInText = !done;
      if (done) {
        isComplete = true;
        break;
      }
      characterCount += text.length;
      this.#feed.start(text);
    }
    return {
      isComplete,
      characterCount,
      wordCount: this.#feed.wordCount - wordsBefore,
      distinctWordCount: this.#table.size,
      fullness: this.#table.fullness,
    };
  }

  /** All words counted so far, in order. No more can be counted. */
  sort(): () => WordCursor {
    return this.#table.sort();
  }

  readBlock(): Uint8Array<ArrayBuffer> | undefined {
    this.#blocks ??= runBlocks(this.#table.sort()());
    const { done, value } = this.#blocks.next();
    if (!done) return value;
    this.#blocks = undefined;
    this.#table.clear();
    return undefined;
  }
}

/** The bytes of a run, in parts. */
function* runBlocks(words: WordCursor): Generator<Uint8Array<ArrayBuffer>, void> {
  let blocks: Uint8Array<ArrayBuffer>[] = [];
  const writer = new RunWriter({ write: (bytes) => blocks.push(bytes.slice()) });
  while (words.next()) {
    writer.add(words);
    if (blocks.length === 0) continue;
    yield* blocks;
    blocks = [];
  }
  writer.flush();
  yield* blocks;
}
