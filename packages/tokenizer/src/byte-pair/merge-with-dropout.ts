import type { RandomSource } from '../random-source.ts';
import type { MergeTable } from './merge-symbols.ts';
import { MinHeap } from './min-heap.ts';

/**
 * Merges as `mergeSymbols` does, but leaves out each merge with some probability every time its turn comes.
 *
 * @param probability 0 merges all there is to merge, 1 nothing
 * @returns how many symbols are left
 * @see Provilkov et al. 2020, "BPE-Dropout", algorithm 1
 */
export function mergeWithDropout(
  symbols: Int32Array,
  length: number,
  { ranks, products }: MergeTable,
  probability: number,
  random: RandomSource,
  positions?: Int32Array,
): number {
  const previous = new Int32Array(length);
  const next = new Int32Array(length);
  const heap = new MinHeap(length * 2);
  const rankAt = (left: number): number => {
    const right = next[left]!;
    return right < length ? ranks.get(symbols[left]!, symbols[right]!) : -1;
  };
  const offer = (position: number): void => {
    const rank = rankAt(position);
    if (rank >= 0) heap.push(rank * RANK_UNIT + position);
  };
  for (let index = 0; index < length; index++) {
    previous[index] = index - 1;
    next[index] = index + 1;
  }
  for (let index = 0; index < length; index++) offer(index);
  let skipped: number[] = [];
  while (heap.size > 0) {
    const key = heap.pop();
    if (random() < probability) {
      skipped.push(key);
      continue;
    }
    for (const again of skipped) heap.push(again);
    skipped = [];
    const rank = Math.floor(key / RANK_UNIT);
    const position = key - rank * RANK_UNIT;
    // An outdated entry: the left symbol was merged away, or its pair is another by now.
    if (next[position] === MERGED || rankAt(position) !== rank) continue;
    const right = next[position]!;
    const after = next[right]!;
    symbols[position] = products[rank]!;
    next[position] = after;
    next[right] = MERGED;
    if (after < length) previous[after] = position;
    if (previous[position]! >= 0) offer(previous[position]!);
    offer(position);
  }
  let count = 0;
  for (let index = 0; index < length; index = next[index]!) {
    if (positions) positions[count] = index;
    symbols[count++] = symbols[index]!;
  }
  return count;
}

/** Positions fit in the low 32 bits of a heap key and ranks above them. */
const RANK_UNIT = 2 ** 32;

/** In place of the next symbol, of a symbol that is no more. */
const MERGED = -1;
