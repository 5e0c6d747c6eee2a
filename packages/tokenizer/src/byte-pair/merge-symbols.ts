import { linearMergerFor } from './linear/long-merges.ts';
import { MinHeap } from './min-heap.ts';
import type { PairMap } from './pair-map.ts';

/** Which pairs of tokens merge, in which order, into which token. */
export interface MergeTable {
  /** Pair of token ids → rank; the lowest rank merges first. */
  readonly ranks: PairMap;
  /** Rank → the id of the merged token. */
  readonly products: Int32Array;
}

/**
 * Merges `symbols[0, length)` in place until no pair has a rank: always the pair of lowest rank, the leftmost of equals.
 *
 * @param positions where, if it is given, the index of the first symbol that each of those left was merged from is written
 * @returns how many symbols are left
 */
export function mergeSymbols(
  symbols: Int32Array,
  length: number,
  table: MergeTable,
  positions?: Int32Array,
): number {
  if (length <= SHORT) return mergeByScan(symbols, length, table, positions);
  const count = linearMergerFor(table, length)?.merge(symbols, length, positions) ?? -1;
  return count >= 0 ? count : mergeByHeap(symbols, length, table, positions);
}

/** Up to this many symbols a scan for the lowest rank is faster than a heap (measured: level at about 100). */
const SHORT = 96;
const NONE = 0x7fffffff;

const scanRanks = new Int32Array(SHORT);

/** Quadratic in the length, with a small constant. */
function mergeByScan(
  symbols: Int32Array,
  length: number,
  { ranks, products }: MergeTable,
  positions: Int32Array | undefined,
): number {
  const pairRanks = scanRanks;
  if (positions) for (let index = 0; index < length; index++) positions[index] = index;
  for (let index = 0; index + 1 < length; index++) {
    pairRanks[index] = rankOf(ranks, symbols[index]!, symbols[index + 1]!);
  }
  let count = length;
  for (;;) {
    let best = NONE;
    let at = -1;
    for (let index = 0; index + 1 < count; index++) {
      const rank = pairRanks[index]!;
      if (rank < best) {
        best = rank;
        at = index;
      }
    }
    if (at < 0) return count;
    symbols[at] = products[best]!;
    count--;
    for (let index = at + 1; index < count; index++) {
      symbols[index] = symbols[index + 1]!;
      pairRanks[index] = pairRanks[index + 1]!;
    }
    if (positions) positions.copyWithin(at + 1, at + 2, count + 1);
    if (at + 1 < count) pairRanks[at] = rankOf(ranks, symbols[at]!, symbols[at + 1]!);
    if (at > 0) pairRanks[at - 1] = rankOf(ranks, symbols[at - 1]!, symbols[at]!);
  }
}

/** Positions fit in the low 32 bits of a heap key and ranks above them, so one double orders by rank, then position. */
const RANK_UNIT = 2 ** 32;

/** n log n in the length, for any table of merges: a heap of pairs over a linked list of symbols; outdated heap entries are skipped. */
export function mergeByHeap(
  symbols: Int32Array,
  length: number,
  { ranks, products }: MergeTable,
  positions?: Int32Array,
): number {
  const previous = new Int32Array(length);
  const next = new Int32Array(length);
  const pairRanks = new Int32Array(length).fill(NONE);
  const heap = new MinHeap(length * 2);
  const offer = (position: number, rank: number): void => {
    pairRanks[position] = rank;
    if (rank !== NONE) heap.push(rank * RANK_UNIT + position);
  };
  for (let index = 0; index < length; index++) {
    previous[index] = index - 1;
    next[index] = index + 1;
    if (index + 1 < length) offer(index, rankOf(ranks, symbols[index]!, symbols[index + 1]!));
  }
  while (heap.size > 0) {
    const key = heap.pop();
    const rank = Math.floor(key / RANK_UNIT);
    const position = key - rank * RANK_UNIT;
    if (pairRanks[position] !== rank) continue;
    const right = next[position]!;
    const after = next[right]!;
    symbols[position] = products[rank]!;
    next[position] = after;
    pairRanks[right] = NONE;
    if (after < length) {
      previous[after] = position;
      offer(position, rankOf(ranks, symbols[position]!, symbols[after]!));
    } else {
      pairRanks[position] = NONE;
    }
    const before = previous[position]!;
    if (before >= 0) offer(before, rankOf(ranks, symbols[before]!, symbols[position]!));
  }
  let count = 0;
  for (let index = 0; index < length; index = next[index]!) {
    if (positions) positions[count] = index;
    symbols[count++] = symbols[index]!;
  }
  return count;
}

function rankOf(ranks: PairMap, left: number, right: number): number {
  const rank = ranks.get(left, right);
  return rank < 0 ? NONE : rank;
}
