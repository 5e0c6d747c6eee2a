import { PairMap } from './pair-map.ts';

/** A merge that was learned. */
export interface LearnedMerge {
  readonly left: number;
  readonly right: number;
  /** How often the pair occurred when it was merged. */
  readonly frequency: number;
}

/**
 * Learns merges from pieces and their counts, one at a time: always the most frequent pair, of equals the one with the
 * smaller left id, then the smaller right id.
 *
 * The count of every pair is kept up to date by visiting only the pieces that hold the merged pair. The queue's counts may
 * be outdated (they only ever fall): an entry is checked when it comes to the top, and queued anew if its count fell.
 *
 * The order of merges is that of Hugging Face's `BpeTrainer`, whose arithmetic is followed step by step: a pair that is
 * merged keeps its count, which matters in the rare case that it forms again because two merges make the same token.
 *
 * @see Sennrich et al. 2016, algorithm 1
 */
export class MergeLearner {
  /** The symbols of all pieces one after the other; a piece shrinks in place. */
  readonly #symbols: Int32Array;
  readonly #starts: Int32Array;
  readonly #lengths: Int32Array;
  /** How often each piece occurs. */
  readonly #pieceCounts: Float64Array;
  /** Pair → index into the lists below. */
  readonly #pairs = new PairMap(1 << 16);
  readonly #lefts: number[] = [];
  readonly #rights: number[] = [];
  readonly #counts: number[] = [];
  /** The pieces where a pair formed in the current step. */
  readonly #formed = new Map<number, number[]>();
  readonly #queue: PairQueue;

  /**
   * @param symbols token ids of all pieces, one piece after the other; changed in place
   * @param lengths symbols per piece
   * @param pieceCounts occurrences per piece
   */
  constructor(symbols: Int32Array, lengths: Int32Array, pieceCounts: Float64Array) {
    this.#symbols = symbols;
    this.#lengths = lengths;
    this.#pieceCounts = pieceCounts;
    this.#starts = new Int32Array(lengths.length);
    this.#queue = new PairQueue(this.#lefts, this.#rights);
    let start = 0;
    for (const [piece, length] of lengths.entries()) {
      this.#starts[piece] = start;
      for (let index = start; index + 1 < start + length; index++) {
        this.#form(symbols[index]!, symbols[index + 1]!, piece);
      }
      start += length;
    }
    this.#enqueueFormed();
  }

  /** The next pair to merge, or undefined if none occurs at least `minFrequency` times. */
  next(minFrequency: number): LearnedMerge | undefined {
    for (;;) {
      const entry = this.#queue.peek();
      if (!entry) return undefined;
      const frequency = this.#counts[entry.pair]!;
      if (frequency === entry.count) {
        if (frequency < Math.max(1, minFrequency)) return undefined;
        return { left: this.#lefts[entry.pair]!, right: this.#rights[entry.pair]!, frequency };
      }
      this.#queue.replaceTop({ ...entry, count: frequency });
    }
  }

  /** Merges the pair that `next` returned into `product`, in all pieces. */
  merge(product: number): void {
    const { pair, pieces } = this.#queue.pop()!;
    for (const piece of pieces) this.#mergeInPiece(piece, this.#lefts[pair]!, this.#rights[pair]!, product);
    this.#enqueueFormed();
  }

  #mergeInPiece(piece: number, left: number, right: number, product: number): void {
    const symbols = this.#symbols;
    const start = this.#starts[piece]!;
    const end = start + this.#lengths[piece]!;
    let write = start;
    for (let read = start; read < end; read++) {
      if (symbols[read] !== left || read + 1 >= end || symbols[read + 1] !== right) {
        symbols[write++] = symbols[read]!;
        continue;
      }
      if (write > start) {
        const before = symbols[write - 1]!;
        this.#unform(before, left, piece);
        this.#form(before, product, piece);
      }
      if (read + 2 < end) {
        const after = symbols[read + 2]!;
        this.#unform(right, after, piece);
        this.#form(product, after, piece);
      }
      symbols[write++] = product;
      read++;
    }
    this.#lengths[piece] = write - start;
  }

  #form(left: number, right: number, piece: number): void {
    let pair = this.#pairs.get(left, right);
    if (pair < 0) {
      pair = this.#counts.length;
      this.#pairs.set(left, right, pair);
      this.#lefts.push(left);
      this.#rights.push(right);
      this.#counts.push(0);
    }
    this.#counts[pair]! += this.#pieceCounts[piece]!;
    const pieces = this.#formed.get(pair);
    if (!pieces) this.#formed.set(pair, [piece]);
    else if (pieces[pieces.length - 1] !== piece) pieces.push(piece);
  }

  #unform(left: number, right: number, piece: number): void {
    this.#counts[this.#pairs.get(left, right)]! -= this.#pieceCounts[piece]!;
  }

  #enqueueFormed(): void {
    for (const [pair, pieces] of this.#formed) {
      const count = this.#counts[pair]!;
      if (count > 0) this.#queue.push({ pair, count, pieces });
    }
    this.#formed.clear();
  }
}

interface QueuedPair {
  readonly pair: number;
  readonly count: number;
  readonly pieces: readonly number[];
}

/** A binary heap of pairs, the one to merge first on top. */
class PairQueue {
  readonly #entries: QueuedPair[] = [];
  readonly #lefts: readonly number[];
  readonly #rights: readonly number[];

  constructor(lefts: readonly number[], rights: readonly number[]) {
    this.#lefts = lefts;
    this.#rights = rights;
  }

  peek(): QueuedPair | undefined {
    return this.#entries[0];
  }

  push(entry: QueuedPair): void {
    const entries = this.#entries;
    let index = entries.length;
    entries.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(entry, entries[parent]!)) break;
      entries[index] = entries[parent]!;
      index = parent;
    }
    entries[index] = entry;
  }

  pop(): QueuedPair | undefined {
    const top = this.#entries[0];
    const last = this.#entries.pop();
    if (last && this.#entries.length > 0) this.replaceTop(last);
    return top;
  }

  replaceTop(entry: QueuedPair): void {
    const entries = this.#entries;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && this.#before(entries[child + 1]!, entries[child]!)) child++;
      if (!this.#before(entries[child]!, entry)) break;
      entries[index] = entries[child]!;
      index = child;
    }
    entries[index] = entry;
  }

  #before(a: QueuedPair, b: QueuedPair): boolean {
    if (a.count !== b.count) return a.count > b.count;
    const left = this.#lefts[a.pair]! - this.#lefts[b.pair]!;
    return left !== 0 ? left < 0 : this.#rights[a.pair]! < this.#rights[b.pair]!;
  }
}
