import type { NgramCounts } from '../count-ngrams.ts';
import { SENTENCE_START } from '../vocabulary.ts';

/**
 * The counts of Kneser and Ney: an n-gram below the highest order counts in how many different contexts it occurs, that is, how many
 * different words stand before it. N-grams that begin with `<s>`, which nothing can stand before, keep how often they occur.
 *
 * The beginning of a text without `<s>` is one more context.
 *
 * @see Kneser and Ney 1995; Heafield et al. 2013, §3.2, for what begins with `<s>`
 */
export function adjustedCounts({ trie, counts }: NgramCounts): Float64Array {
  const adjusted = new Float64Array(counts.length);
  const covered = new Float64Array(trie.contextCount);
  adjusted.set(counts.subarray(trie.contextCount), trie.contextCount);
  for (let node = trie.levelStart(2); node < trie.nodeCount; node++) {
    const suffix = trie.suffixOf(node);
    adjusted[suffix]!++;
    covered[suffix]! += counts[node]!;
  }
  for (let node = 1; node < trie.contextCount; node++) {
    if (covered[node]! < counts[node]!) adjusted[node]!++;
  }
  // What begins with <s> stands together at every level.
  let start = SENTENCE_START + 1;
  let end = start + 1;
  for (let level = 1; level < trie.order; level++) {
    adjusted.set(counts.subarray(start, end), start);
    start = trie.firstChildren[start]!;
    end = trie.firstChildren[end]!;
  }
  return adjusted;
}
