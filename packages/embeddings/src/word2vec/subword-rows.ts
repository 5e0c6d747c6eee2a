import { type SubwordOptions, subwordBuckets } from '../fasttext/subwords.ts';
import type { RowLists } from './training-memory.ts';

/** For each word, its own row, and those of its n-grams, which follow all words. */
export function subwordRows(words: readonly string[], options: SubwordOptions): RowLists {
  const encoder = new TextEncoder();
  const starts = new Uint32Array(words.length + 1);
  const rows: number[] = [];
  for (const [row, word] of words.entries()) {
    rows.push(row);
    for (const bucket of subwordBuckets(encoder.encode(word), options)) rows.push(words.length + bucket);
    starts[row + 1] = rows.length;
  }
  return { starts, rows: Uint32Array.from(rows) };
}

/** The means of listed rows of a table. */
export function meanRows(
  table: Float32Array,
  { starts, rows }: RowLists,
  size: number,
): Float32Array<ArrayBuffer> {
  const means = new Float32Array((starts.length - 1) * size);
  for (let list = 0; list + 1 < starts.length; list++) {
    const mean = means.subarray(list * size, (list + 1) * size);
    for (const row of rows.subarray(starts[list]!, starts[list + 1]!)) {
      for (let index = 0; index < size; index++) mean[index]! += table[row * size + index]!;
    }
    const count = starts[list + 1]! - starts[list]!;
    if (count > 0) for (let index = 0; index < size; index++) mean[index]! /= count;
  }
  return means;
}
