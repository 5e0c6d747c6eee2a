import type { MergeTable } from '../merge-symbols.ts';
import { LinearMerger } from './linear-merger.ts';

/** What is known of a table: how many symbols of long words it has merged, and its merger once that is built. */
interface TableUse {
  symbols: number;
  merger: LinearMerger | undefined;
  isBuilt: boolean;
}

const uses = new WeakMap<MergeTable, TableUse>();

/**
 * The merger for a long word, or undefined where a heap does better.
 *
 * Building one takes as long as merging some symbols for each merge of the table does. So it is built once a table has merged so
 * many: a single word of a megabyte does that at once, a few words of some kilobytes never do.
 *
 * @param length of the word, in symbols
 */
export function linearMergerFor(table: MergeTable, length: number): LinearMerger | undefined {
  if (length < SHORTEST) return undefined;
  let use = uses.get(table);
  if (!use) {
    use = { symbols: 0, merger: undefined, isBuilt: false };
    uses.set(table, use);
  }
  if (use.isBuilt) return use.merger;
  use.symbols += length;
  if (use.symbols < table.ranks.size * SYMBOLS_PER_MERGE) return undefined;
  use.merger = LinearMerger.of(table);
  use.isBuilt = true;
  return use.merger;
}

/** Measured with GPT-2's merges: level with the heap at some thousand symbols, twice as fast at a million. */
const SHORTEST = 8192;

/** Measured with GPT-2's 50 000 merges: built in 0.17 s, in which the heap merges 0.4 million symbols. */
const SYMBOLS_PER_MERGE = 8;
