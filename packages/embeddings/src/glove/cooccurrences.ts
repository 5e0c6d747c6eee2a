import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { BLOCK_RECORDS, RECORD_WORDS } from './count-records.ts';
import { countScale } from './count-scale.ts';
import { PairOrder } from './pair-order.ts';

/** What counts as cooccurrence. */
export interface CooccurrenceSettings {
  /** Words on each side, or before, that a word occurs with. Default 15. */
  readonly window: number;
  /** Whether words after a word are its context, too, and not only those before it. Default true. */
  readonly symmetric: boolean;
  /** Whether a word at distance d counts 1/d, and not 1. Default true. */
  readonly distanceWeighting: boolean;
  /** Of the order of the pairs. Default 0. */
  readonly seed: number;
}

/** How often a word has another one in its context. */
export interface Cooccurrence {
  readonly word: string;
  readonly context: string;
  /** X of the paper: with weights by distance not an integer. */
  readonly count: number;
}

/** What cooccurrences are made of. */
export interface CooccurrencesFields {
  readonly vocabulary: Vocabulary;
  readonly settings: CooccurrenceSettings;
  readonly recordCount: number;
  /** Of a word with itself. */
  readonly selfPairs: number;
  /** Records in their order, from the first one at each call; parts of any number of whole records. */
  readonly records: () => Iterable<Uint32Array> | AsyncIterable<Uint32Array>;
}

/** How often words of a vocabulary come near each other, shuffled, as GloVe is trained on. */
export class Cooccurrences {
  readonly vocabulary: Vocabulary;
  readonly settings: CooccurrenceSettings;
  /** Pairs of a word and a context whose count is not zero. */
  readonly pairs: number;
  /** Pairs that are stored: with a symmetric context each one stands for both of its orders. */
  readonly recordCount: number;
  readonly selfPairs: number;
  readonly records: () => Iterable<Uint32Array> | AsyncIterable<Uint32Array>;

  constructor({ vocabulary, settings, recordCount, selfPairs, records }: CooccurrencesFields) {
    this.vocabulary = vocabulary;
    this.settings = settings;
    this.recordCount = recordCount;
    this.selfPairs = selfPairs;
    this.pairs = settings.symmetric ? 2 * recordCount - selfPairs : recordCount;
    this.records = records;
  }

  /** All pairs, in the order in which they are trained on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Cooccurrence, void, void> {
    const { vocabulary, settings } = this;
    const order = new PairOrder(settings.seed);
    const { scale } = countScale(settings.window, settings.distanceWeighting);
    for await (const part of this.records()) {
      const units = new Float64Array(part.buffer, part.byteOffset, part.length / 2);
      for (let at = 0; at < part.length; at += RECORD_WORDS) {
        order.pair(part[at + 1]!, part[at]!);
        const [word, context] = [vocabulary.words[order.high]!, vocabulary.words[order.low]!];
        const count = units[at / 2 + 1]! / scale;
        yield { word, context, count };
        if (settings.symmetric && word !== context) yield { word: context, context: word, count };
      }
    }
  }

  /** Records, as many at a time as are trained on together. */
  async *blocks(): AsyncGenerator<Uint32Array, void, void> {
    const length = BLOCK_RECORDS * RECORD_WORDS;
    let block = new Uint32Array(length);
    let filled = 0;
    for await (const part of this.records()) {
      for (let at = 0; at < part.length; ) {
        const taken = part.subarray(at, at + length - filled);
        block.set(taken, filled);
        filled += taken.length;
        at += taken.length;
        if (filled < length) continue;
        yield block;
        block = new Uint32Array(length);
        filled = 0;
      }
    }
    if (filled > 0) yield block.subarray(0, filled);
  }
}
