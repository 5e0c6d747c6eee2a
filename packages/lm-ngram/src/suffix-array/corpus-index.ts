import { describeValue } from '../describe-value.ts';
import { GrowingArray } from '../growing-array.ts';
import { suffixArray } from './suffix-array.ts';

/** Where a phrase stands. */
export interface PhrasePlace {
  /** The text, by its number. */
  readonly text: number;
  /** The first word, counted from the beginning of the text. */
  readonly position: number;
}

/** A word that followed a phrase. */
export interface Continuation {
  readonly word: number;
  /** How often it followed. */
  readonly count: number;
}

/** The suffixes that begin with a phrase: from `start` up to, not including, `end` in the suffix array. */
export interface SuffixRange {
  readonly start: number;
  readonly end: number;
}

/** Ends each text. */
const GAP = -1;

/**
 * All stretches of a corpus, of any length: how often they occur, where, and what followed. A suffix array: eight bytes a word.
 *
 * @see Liu et al. 2024, "Infini-gram: scaling unbounded n-gram language models to a trillion tokens", §3
 */
export class CorpusIndex {
  /** Word ids of all texts, −1 after each. */
  readonly words: Int32Array;
  /** Where suffixes begin in `words`, in order. */
  readonly suffixes: Int32Array;
  /** Where texts begin in `words`. */
  readonly textStarts: Int32Array;

  constructor({ words, suffixes, textStarts }: Pick<CorpusIndex, 'words' | 'suffixes' | 'textStarts'>) {
    this.words = words;
    this.suffixes = suffixes;
    this.textStarts = textStarts;
  }

  /**
   * @param texts word ids of each text, integers from 0
   * @throws {RangeError} if an id is out of range
   */
  static build(texts: Iterable<ArrayLike<number>>): CorpusIndex {
    const words = new GrowingArray(new Int32Array(1 << 16));
    const textStarts = new GrowingArray(new Int32Array(16));
    let largest = 0;
    for (const text of texts) {
      textStarts.push(words.length);
      for (let index = 0; index < text.length; index++) {
        const word = text[index]!;
        if (!Number.isInteger(word) || word < 0 || word >= LARGEST_WORD) {
          throw new RangeError(
            `CorpusIndex: texts must hold integers from 0 to ${LARGEST_WORD - 1}, got ${describeValue(word)} at ${index} of text ${textStarts.length - 1}.`,
          );
        }
        if (word > largest) largest = word;
        words.push(word);
      }
      words.push(GAP);
    }
    // A 0 ends it all, gaps are 1, and words follow.
    const shifted = new Int32Array(words.length + 1);
    for (let at = 0; at < words.length; at++) shifted[at] = words.numbers[at]! + 2;
    const suffixes = suffixArray(shifted, largest + 3).subarray(1);
    return new CorpusIndex({
      words: words.numbers.slice(),
      suffixes,
      textStarts: textStarts.numbers.slice(),
    });
  }

  get textCount(): number {
    return this.textStarts.length;
  }

  /** The words of all texts. */
  get wordCount(): number {
    return this.words.length - this.textCount;
  }

  /** How often a phrase occurs; the empty phrase as often as there are words. */
  count(phrase: ArrayLike<number>): number {
    const { start, end } = this.find(phrase);
    return end - start;
  }

  /** The suffixes that begin with a phrase. Two binary searches. */
  find(phrase: ArrayLike<number>): SuffixRange {
    let range: SuffixRange = { start: this.textCount, end: this.suffixes.length };
    for (let length = 0; length < phrase.length && range.start < range.end; length++) {
      range = this.narrow(range, length, phrase[length]!);
    }
    return range;
  }

  /** Of suffixes that begin with a phrase of `length` words, those where `word` follows. */
  narrow({ start, end }: SuffixRange, length: number, word: number): SuffixRange {
    const first = this.#firstNotBelow(start, end, length, word);
    return { start: first, end: this.#firstNotBelow(first, end, length, word + 1) };
  }

  /** Where a phrase stands, in no order to rely on. Asks for no more than it is asked for. */
  *places(phrase: ArrayLike<number>): Generator<PhrasePlace, void, void> {
    const { start, end } = this.find(phrase);
    for (let index = start; index < end; index++) {
      const at = this.suffixes[index]!;
      const text = this.#textAt(at);
      yield { text, position: at - this.textStarts[text]! };
    }
  }

  /** The words that followed a phrase, by rising id; ends of texts are none. */
  continuations(phrase: ArrayLike<number>): Continuation[] {
    return this.continuationsOf(this.find(phrase), phrase.length);
  }

  /** As `continuations`, of suffixes that begin with a phrase of `length` words. */
  continuationsOf({ start, end }: SuffixRange, length: number): Continuation[] {
    const found: Continuation[] = [];
    let index = this.#firstNotBelow(start, end, length, 0);
    while (index < end) {
      const word = this.words[this.suffixes[index]! + length]!;
      const next = this.#gallop(index, end, length, word + 1);
      found.push({ word, count: next - index });
      index = next;
    }
    return found;
  }

  /** The first suffix from `start` whose word after `length` others is at least `word`. */
  #firstNotBelow(start: number, end: number, length: number, word: number): number {
    const { words, suffixes } = this;
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (words[suffixes[middle]! + length]! < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** As `#firstNotBelow`, fast if it is near. */
  #gallop(start: number, end: number, length: number, word: number): number {
    const { words, suffixes } = this;
    let step = 1;
    while (start + step < end && words[suffixes[start + step]! + length]! < word) step *= 2;
    return this.#firstNotBelow(start + (step >> 1), Math.min(end, start + step), length, word);
  }

  #textAt(at: number): number {
    let low = 0;
    let high = this.textStarts.length;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if (this.textStarts[middle]! <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Two more must fit into 31 bits. */
const LARGEST_WORD = 2 ** 31 - 3;
