import { describeValue } from '../describe-value.ts';
import { MemoryRun, RunReader } from './run-reader.ts';
import { type WordTotals, writeRun } from './run-writer.ts';
import { type WordCursor, wordAt } from './word-cursor.ts';

/** Which words to keep: see {@link CountedWords.select}. */
export interface SelectWordsOptions {
  /** How often a word must occur (default 1). */
  readonly minCount?: number;
  /** How many words to keep at most, the most frequent ones (default: all). */
  readonly maxSize?: number;
}

/** Where the words are. @internal */
export interface CountedWordsSource extends WordTotals {
  /** A cursor at their beginning. */
  readonly open: () => WordCursor;
  /** What a word is to be called. */
  readonly spell: (word: string) => string;
  /** Gives up what the words take, besides memory. */
  readonly close?: () => void;
}

/**
 * The words of a corpus and how often each occurs: what tokenizers are trained from. Immutable.
 *
 * An iterable of `[word, count]`, which makes the pairs as they are asked for, from memory or from a file, as often as it is
 * iterated. They come in the order of the UTF-16 code units of the text that the words were cut from, whatever way they were
 * counted. (For all but byte-level pre-tokenizers that is the order of the words themselves.)
 */
export class CountedWords implements Iterable<readonly [word: string, count: number]> {
  /** Words of the corpus, each as often as it occurs. */
  readonly wordCount: number;
  readonly distinctWordCount: number;
  readonly #source: CountedWordsSource;
  #isClosed = false;

  /** @internal */
  constructor(source: CountedWordsSource) {
    this.wordCount = source.wordCount;
    this.distinctWordCount = source.distinctWordCount;
    this.#source = source;
  }

  *[Symbol.iterator](): Generator<readonly [word: string, count: number], void, void> {
    const cursor = this.#open();
    const { spell } = this.#source;
    while (!this.#isClosed && cursor.next()) yield [spell(wordAt(cursor)), cursor.count];
    this.#requireOpen();
  }

  /**
   * The words that are frequent enough, in memory, in the same order; of equally frequent ones the first in order are kept. What
   * is returned needs no file, and its `wordCount` is that of the words kept.
   *
   * @throws {RangeError} if an option is no positive integer
   * @example
   * const words = countWords(texts, { preTokenizer: new WhitespacePreTokenizer() }).select({ minCount: 2, maxSize: 100_000 });
   */
  select({ minCount = 1, maxSize = Number.POSITIVE_INFINITY }: SelectWordsOptions = {}): CountedWords {
    requirePositive(minCount, 'minCount');
    if (maxSize !== Number.POSITIVE_INFINITY) requirePositive(maxSize, 'maxSize');
    let least = minCount;
    let ties = Number.POSITIVE_INFINITY;
    if (maxSize < this.distinctWordCount) {
      [least, ties] = threshold(this.#open(), maxSize, minCount);
    }
    const run = new MemoryRun();
    const totals = writeRun(new Filter(this.#open(), least, ties), run);
    return new CountedWords({ ...totals, open: () => new RunReader(run), spell: this.#source.spell });
  }

  /** Removes the file that holds the words, if they are in a temporary one. They cannot be read any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#source.close?.();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): WordCursor {
    this.#requireOpen();
    return this.#source.open();
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new Error('CountedWords: the words must not be read after close().');
  }
}

/** The count of the last of the `maxSize` most frequent words, and how many words of just this count are among them. */
function threshold(words: WordCursor, maxSize: number, minCount: number): [least: number, ties: number] {
  // How many words have each count: few, as most words are rare.
  const sizes = new Map<number, number>();
  while (words.next()) {
    if (words.count >= minCount) sizes.set(words.count, (sizes.get(words.count) ?? 0) + 1);
  }
  let room = maxSize;
  for (const [count, size] of [...sizes].sort(([a], [b]) => b - a)) {
    if (size >= room) return [count, room];
    room -= size;
  }
  return [minCount, Number.POSITIVE_INFINITY];
}

/** Words that occur more than `least` times, and the first `ties` of those that occur as often. */
class Filter implements WordCursor {
  readonly #words: WordCursor;
  readonly #least: number;
  #ties: number;

  constructor(words: WordCursor, least: number, ties: number) {
    this.#words = words;
    this.#least = least;
    this.#ties = ties;
  }

  get bytes(): Uint8Array {
    return this.#words.bytes;
  }
  get start(): number {
    return this.#words.start;
  }
  get byteLength(): number {
    return this.#words.byteLength;
  }
  get isWide(): boolean {
    return this.#words.isWide;
  }
  get count(): number {
    return this.#words.count;
  }

  next(): boolean {
    while (this.#words.next()) {
      if (this.#words.count > this.#least) return true;
      if (this.#words.count === this.#least && this.#ties-- > 0) return true;
    }
    return false;
  }
}

function requirePositive(value: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`select: ${name} must be a positive integer, got ${describeValue(value)}.`);
  }
}
