import { PairQueue } from './pair-queue.ts';
import { grown, PairTable } from './pair-table.ts';

/** A merge that was learned. */
export interface LearnedMerge {
  readonly left: number;
  readonly right: number;
  /** How often the pair occurred when it was merged. */
  readonly frequency: number;
}

/** Words as {@link MergeLearner} needs them. */
export interface SymbolWords {
  /** The symbols (token ids) of all words, one word after the other; changed in place. */
  readonly symbols: Int32Array;
  /** Symbols per word. */
  readonly lengths: Int32Array;
  /** How often each word occurs. */
  readonly counts: Float64Array;
  /** Characters of each symbol; needed for `maxTokenLength` only, and changed in place. */
  readonly spans?: Int32Array | undefined;
}

/**
 * Learns merges from words and their counts, one at a time: always the most frequent pair, of equals the one with the smaller
 * left id, then the smaller right id.
 *
 * Symbols stay where they are, linked to those before and after them, and every pair knows the places where it formed, so a merge
 * costs as much as it has occurrences, however long words are. The queue's counts may be outdated (they only ever fall, but for the
 * case below): an entry is checked when it comes to the top, and queued anew if its count fell.
 *
 * The order of merges is that of Hugging Face's `BpeTrainer`, whose arithmetic is followed step by step: a pair that is
 * merged keeps its count, which matters in the rare case that it forms again because two merges make the same token; then it is
 * merged for the second time, and in whole words.
 *
 * @see Sennrich et al. 2016, algorithm 1
 */
export class MergeLearner {
  /** By place: the symbol, −1 where it was merged into the one before; places of the next and the previous one, −1 at the word's ends. */
  readonly #symbols: Int32Array;
  readonly #nexts: Int32Array;
  readonly #previous: Int32Array;
  readonly #words: Int32Array;
  readonly #spans: Int32Array | undefined;
  /** By word: where it begins, and how often it occurs. */
  readonly #starts: Int32Array;
  readonly #wordCounts: Float64Array;
  readonly #maxTokenLength: number;
  readonly #pairs = new PairTable();
  readonly #queue = new PairQueue(this.#pairs);
  /** Places where pairs formed, in ranges that belong to the queue's entries. */
  #places: Int32Array;
  #placesEnd = 0;
  /** What formed in the step at hand: pairs and their places, and which pairs these are. */
  #formedPairs: Int32Array;
  #formedPlaces: Int32Array;
  #formedCount = 0;
  readonly #distinctFormed: number[] = [];

  /**
   * @param maxTokenLength pairs that would make a token of so many characters are not counted where they form (default: all are)
   */
  constructor(
    { symbols, lengths, counts, spans }: SymbolWords,
    maxTokenLength: number = Number.POSITIVE_INFINITY,
  ) {
    const length = symbols.length;
    this.#symbols = symbols;
    this.#spans = maxTokenLength === Number.POSITIVE_INFINITY ? undefined : spans;
    this.#maxTokenLength = maxTokenLength;
    this.#wordCounts = counts;
    this.#nexts = new Int32Array(length);
    this.#previous = new Int32Array(length);
    this.#words = new Int32Array(length);
    this.#starts = new Int32Array(lengths.length);
    this.#places = new Int32Array(length);
    this.#formedPairs = new Int32Array(length);
    this.#formedPlaces = new Int32Array(length);
    let start = 0;
    for (let word = 0; word < lengths.length; word++) {
      const end = start + lengths[word]!;
      this.#starts[word] = start;
      for (let place = start; place < end; place++) {
        this.#words[place] = word;
        this.#previous[place] = place > start ? place - 1 : -1;
        this.#nexts[place] = place + 1 < end ? place + 1 : -1;
        if (place + 1 < end) this.#form(symbols[place]!, symbols[place + 1]!, place, counts[word]!);
      }
      start = end;
    }
    this.#enqueueFormed();
    // Later steps form far less at once.
    this.#formedPairs = new Int32Array(LATER_CAPACITY);
    this.#formedPlaces = new Int32Array(LATER_CAPACITY);
  }

  /** The next pair to merge, or undefined if none occurs at least `minFrequency` times. */
  next(minFrequency: number): LearnedMerge | undefined {
    const queue = this.#queue;
    const { lefts, rights, counts } = this.#pairs;
    while (!queue.isEmpty) {
      const { pair } = queue;
      const frequency = counts[pair]!;
      if (frequency === queue.count) {
        if (frequency < Math.max(1, minFrequency)) return undefined;
        return { left: lefts[pair]!, right: rights[pair]!, frequency };
      }
      queue.recount(frequency);
    }
    return undefined;
  }

  /** Merges the pair that `next` returned into `product`, in all words. */
  merge(product: number): void {
    const { pair, start, end } = this.#queue;
    this.#queue.pop();
    const left = this.#pairs.lefts[pair]!;
    const right = this.#pairs.rights[pair]!;
    const symbols = this.#symbols;
    const nexts = this.#nexts;
    // The entry has all places of the pair, unless it has formed before or in places that were not counted.
    const isComplete = this.#pairs.queuedCounts[pair] === 1 && !this.#spans;
    let lastWord = -1;
    for (let index = start; index < end; index++) {
      let place = this.#places[index]!;
      if (isComplete) {
        if (symbols[place] === left && nexts[place]! >= 0 && symbols[nexts[place]!] === right) {
          this.#mergeAt(place, product);
        }
        continue;
      }
      const word = this.#words[place]!;
      if (word === lastWord) continue;
      lastWord = word;
      for (place = this.#starts[word]!; place >= 0; place = nexts[place]!) {
        if (symbols[place] === left && nexts[place]! >= 0 && symbols[nexts[place]!] === right) {
          this.#mergeAt(place, product);
        }
      }
    }
    this.#enqueueFormed();
  }

  /** Merges the symbol at a place with the next one. */
  #mergeAt(place: number, product: number): void {
    const symbols = this.#symbols;
    const spans = this.#spans;
    const left = symbols[place]!;
    const rightPlace = this.#nexts[place]!;
    const right = symbols[rightPlace]!;
    const before = this.#previous[place]!;
    const after = this.#nexts[rightPlace]!;
    const count = this.#wordCounts[this.#words[place]!]!;
    const span = spans ? spans[place]! + spans[rightPlace]! : 0;
    if (before >= 0) {
      this.#unform(symbols[before]!, left, count);
      if (!spans || spans[before]! + span < this.#maxTokenLength) {
        this.#form(symbols[before]!, product, before, count);
      }
    }
    symbols[place] = product;
    symbols[rightPlace] = -1;
    if (spans) spans[place] = span;
    this.#nexts[place] = after;
    if (after < 0) return;
    this.#previous[after] = place;
    this.#unform(right, symbols[after]!, count);
    if (!spans || spans[after]! + span < this.#maxTokenLength) {
      this.#form(product, symbols[after]!, place, count);
    }
  }

  #form(left: number, right: number, place: number, count: number): void {
    const pair = this.#pairs.add(left, right);
    this.#pairs.counts[pair]! += count;
    if (this.#pairs.tallies[pair]!++ === 0) this.#distinctFormed.push(pair);
    if (this.#formedCount === this.#formedPairs.length) {
      this.#formedPairs = grown(this.#formedPairs, this.#formedCount * 2);
      this.#formedPlaces = grown(this.#formedPlaces, this.#formedCount * 2);
    }
    this.#formedPairs[this.#formedCount] = pair;
    this.#formedPlaces[this.#formedCount++] = place;
  }

  #unform(left: number, right: number, count: number): void {
    this.#pairs.counts[this.#pairs.add(left, right)]! -= count;
  }

  /** Queues the pairs that formed in this step, with their places in order. */
  #enqueueFormed(): void {
    const { counts, tallies, queuedCounts } = this.#pairs;
    let end = this.#placesEnd + this.#formedCount;
    if (end > this.#places.length) {
      this.#places = grown(this.#places, Math.max(end, Math.ceil(this.#places.length * 1.5)));
    }
    // Each pair's tally becomes where its next place goes; −1 if it does not matter, as it is gone already.
    end = this.#placesEnd;
    for (const pair of this.#distinctFormed) {
      if (counts[pair]! <= 0) {
        tallies[pair] = -1;
        continue;
      }
      const start = end;
      end += tallies[pair]!;
      tallies[pair] = start;
      queuedCounts[pair]!++;
      this.#queue.push(pair, counts[pair]!, start, end);
    }
    this.#placesEnd = end;
    for (let index = 0; index < this.#formedCount; index++) {
      const pair = this.#formedPairs[index]!;
      if (tallies[pair]! >= 0) this.#places[tallies[pair]!++] = this.#formedPlaces[index]!;
    }
    for (const pair of this.#distinctFormed) tallies[pair] = 0;
    this.#distinctFormed.length = 0;
    this.#formedCount = 0;
  }
}

const LATER_CAPACITY = 1 << 12;
