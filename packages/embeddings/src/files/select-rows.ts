import type { WordVectors } from '../vectors/word-vectors.ts';
import { RowCollector, type RowSelection } from './row-collector.ts';

/** Those of the vectors that a selection keeps; the vectors themselves if it keeps all. */
export function selectRows(vectors: WordVectors, selection: RowSelection): WordVectors {
  if (!selection.words && (selection.limit ?? Infinity) >= vectors.words.length) return vectors;
  const rows = new RowCollector(vectors.size, vectors.words.length, false, selection);
  for (const [row, word] of vectors.words.entries()) {
    if (rows.isFull) break;
    if (!rows.wants(word)) continue;
    const begin = rows.add(word);
    rows.table.set(vectors.table.subarray(row * vectors.size, (row + 1) * vectors.size), begin);
  }
  return rows.finish();
}
