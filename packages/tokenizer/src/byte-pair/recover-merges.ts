import type { TokenIndex, TokenUnits } from '../models/token-units.ts';
import { mergeSymbols } from './merge-symbols.ts';
import { PairMap } from './pair-map.ts';
import type { TokenBytes } from './read-ranks.ts';

/** Merges as `BytePairModel` takes them. */
export interface Merges {
  /** Ids of the tokens that merges merge: left, right, left, right, …, lowest rank first. */
  readonly pairs: Int32Array;
  /** The id of the token that each merge makes. */
  readonly products: Int32Array;
}

/**
 * The merges that do what tiktoken does with ranks alone: at every step, the two neighbors that are a token together, and that of the
 * lowest rank, become it.
 *
 * Whatever stands around the bytes of a token, as long as no merge crosses its ends, the merges within it are those that it goes through
 * alone. So only one pair can ever become the token: the last that remains when its bytes are merged alone. A token whose bytes do not end
 * as two such neighbors has no merge; only a piece that is this token as a whole becomes it.
 *
 * This is how it is done where there is no WebAssembly; the kernel does the same.
 *
 * @param byteIds  ids of the 256 bytes
 * @param lastPair see {@link lastPairOf}
 */
export function recoverMerges(
  { bytes, starts, ends }: TokenBytes,
  byteIds: Int32Array,
  lastPair: LastPair,
): Merges {
  const size = starts.length;
  const pairs = new Int32Array(size * 2);
  const products = new Int32Array(size);
  const ranks = new PairMap(size);
  const table = { ranks, products };
  let symbols = new Int32Array(256);
  let count = 0;
  for (let id = 0; id < size; id++) {
    const start = starts[id]!;
    const length = ends[id]! - start;
    if (length < 2) continue;
    if (length > symbols.length) symbols = new Int32Array(length * 2);
    for (let index = 0; index < length; index++) symbols[index] = byteIds[bytes[start + index]!]!;
    // The table holds the merges of lower ranks by now, so they go ahead of this one.
    let left = symbols[0]!;
    let right = symbols[1]!;
    const remaining = length === 2 ? 2 : mergeSymbols(symbols, length, table);
    if (remaining === 2) {
      left = symbols[0]!;
      right = symbols[1]!;
    } else {
      // A token of higher rank stands between, or there is no way.
      const last = lastPair(id);
      if (!last) continue;
      [left, right] = last;
    }
    ranks.set(left, right, count);
    pairs[count * 2] = left;
    pairs[count * 2 + 1] = right;
    products[count++] = id;
  }
  return { pairs: pairs.slice(0, count * 2), products: products.slice(0, count) };
}

/** The last two neighbors before a token's bytes are the token; undefined if they never are. */
export type LastPair = (id: number) => readonly [left: number, right: number] | undefined;

/** Merges by the tokens' bytes alone, whatever their ranks. Needed for few tokens of few vocabularies. */
export function lastPairOf({ units, starts, ends }: TokenUnits, index: TokenIndex): LastPair {
  return (id) => {
    // Where parts start, and where the last one ends.
    let places = Array.from({ length: ends[id]! - starts[id]! + 1 }, (_, at) => starts[id]! + at);
    for (;;) {
      let best = -1;
      let lowest = Number.POSITIVE_INFINITY;
      for (let part = 0; part + 2 < places.length; part++) {
        const rank = index.find(units, places[part]!, places[part + 2]!);
        if (rank >= 0 && rank < lowest) {
          lowest = rank;
          best = part;
        }
      }
      if (best < 0) return undefined;
      const [start, middle, end] = places as [number, number, number];
      if (places.length === 3) return [index.find(units, start, middle), index.find(units, middle, end)];
      places = places.toSpliced(best + 1, 1);
    }
  };
}
