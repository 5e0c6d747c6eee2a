import { pieceEnd } from '../byte-pair/pre-tokenize.ts';
import { checkText } from '../check-text.ts';
import { describeValue } from '../describe-value.ts';
import { ByteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts';
import { CountedWords } from '../word-counts/counted-words.ts';
import { WordFeed, type WordParts, wordSpelling } from '../word-counts/word-feed.ts';
import { WordTable } from '../word-counts/word-table.ts';

/** A word, as normalizer and pre-tokenizer make it, and how often it occurs. */
export type CountedWord = readonly [word: string, count: number];

/**
 * What tokenizers are trained from: a text, texts, or words that were counted already (a `Map` from words to counts, or the
 * `CountedWords` of `countWords`, for corpora of any size). Counted words are taken as they are: normalized and cut.
 */
export type TrainingCorpus = string | Iterable<string | CountedWord>;

/** How much of a corpus was read: code units of texts; words, each as often as it occurs; distinct words. */
export interface CorpusSize {
  readonly characterCount: number;
  readonly wordCount: number;
  readonly distinctWordCount: number;
}

/** Counts the words of a corpus, for training. Memory grows with the distinct words, not with the corpus. */
export class CorpusCounter {
  readonly #parts: WordParts;
  readonly #caller: string;
  readonly #feed: WordFeed;
  readonly #table = new WordTable();
  /** Words that came with their counts; apart, as they are spelled already. */
  readonly #counted = new WordTable();
  #characterCount = 0;
  #wordCount = 0;

  constructor(parts: WordParts, caller: string) {
    this.#parts = parts;
    this.#caller = caller;
    this.#feed = new WordFeed(parts);
  }

  get size(): CorpusSize {
    return {
      characterCount: this.#characterCount,
      wordCount: this.#wordCount + this.#feed.wordCount,
      distinctWordCount: this.#table.size + this.#counted.size,
    };
  }

  /**
   * Counts a text or a counted word, in steps of about a million code units where the text can be cut into such.
   *
   * @throws {TypeError} if it is neither
   * @throws {RangeError} if a count is no positive integer
   */
  *add(item: string | CountedWord): Generator<void> {
    if (Array.isArray(item)) {
      this.#addWord(item[0], item[1]);
      return;
    }
    const text = checkText(item, this.#caller, 'corpus');
    const { normalizer, preTokenizer } = this.#parts;
    if (!normalizer && preTokenizer instanceof ByteLevelPreTokenizer && preTokenizer.useRegex) {
      yield* this.#addByteLevel(preTokenizer.addPrefixSpace && !text.startsWith(' ') ? ` ${text}` : text);
    } else {
      this.#feed.start(text);
      this.#feed.fill(this.#table);
    }
    this.#characterCount += text.length;
    yield;
  }

  /** All words. A word that came in a text and counted, too, may come twice. Nothing can be added afterwards. */
  words(): Iterable<CountedWord> {
    const { wordCount } = this.size;
    const wordsOf = (table: WordTable, parts: WordParts): CountedWords =>
      new CountedWords({
        wordCount,
        distinctWordCount: table.size,
        open: table.sort(),
        spell: wordSpelling(parts),
      });
    const counted = wordsOf(this.#counted, {});
    if (this.#table.size === 0) return counted;
    const words = wordsOf(this.#table, this.#parts);
    return this.#counted.size === 0 ? words : concatenate(words, counted);
  }

  *#addByteLevel(text: string): Generator<void> {
    let stepEnd = STEP;
    for (let start = 0; start < text.length; ) {
      const end = pieceEnd(text, start);
      this.#table.add(text, start, end);
      this.#wordCount++;
      start = end;
      if (start > stepEnd) {
        stepEnd = start + STEP;
        yield;
      }
    }
  }

  #addWord(word: string, count: number): void {
    const checked = checkText(word, this.#caller, 'a counted word');
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(
        `${this.#caller}: the count of ${describeValue(word)} must be a positive integer, got ${describeValue(count)}.`,
      );
    }
    if (checked === '') return;
    this.#counted.add(checked, 0, checked.length, count);
    this.#wordCount += count;
  }
}

function concatenate(...parts: readonly Iterable<CountedWord>[]): Iterable<CountedWord> {
  return {
    *[Symbol.iterator]() {
      for (const part of parts) yield* part;
    },
  };
}

const STEP = 2 ** 20;
