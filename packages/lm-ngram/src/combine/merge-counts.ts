import type { NgramCounts } from '../count-ngrams.ts';
import { describeValue } from '../describe-value.ts';
import { NgramVocabulary } from '../vocabulary.ts';
import { joinTries, nodesIn } from './join-tries.ts';

/** Counts of one text, and how much they count. */
export interface WeightedCounts {
  readonly counts: NgramCounts;
  readonly vocabulary: NgramVocabulary;
  /** How many times each word counts, more than 0 (default 1). */
  readonly weight?: number;
}

/**
 * Counts of several texts as one: each n-gram's counts, times the weight of their text, added up, so that a little text of a domain may count for
 * more than it is. Estimate a model of them as of any counts.
 *
 * Smoothing needs whole numbers: sums are rounded, to 1 at least. With whole weights nothing is lost.
 *
 * @throws {RangeError} if there are no counts, the orders differ, or a weight is not more than 0
 * @see Bacchiani and Roark 2003, "Unsupervised language model adaptation", for count merging
 */
export function mergeCounts(texts: readonly WeightedCounts[]): {
  counts: NgramCounts;
  vocabulary: NgramVocabulary;
} {
  const orders = new Set(texts.map(({ counts }) => counts.trie.order));
  if (orders.size !== 1) {
    throw new RangeError(
      `mergeCounts: texts must be counted up to one order, got ${describeValue([...orders].join(' '))}.`,
    );
  }
  for (const { weight = 1 } of texts) {
    if (weight > 0 && weight < Infinity) continue;
    throw new RangeError(`mergeCounts: weight must be more than 0, got ${describeValue(weight)}.`);
  }
  const vocabulary = NgramVocabulary.of(texts.flatMap((text) => text.vocabulary.words));
  const sets = texts.map(({ counts, vocabulary: own }) => ({ trie: counts.trie, vocabulary: own }));
  const { trie } = joinTries(sets, vocabulary);
  const counts = new Float64Array(trie.nodeCount);
  for (const [index, { counts: own, weight = 1 }] of texts.entries()) {
    const nodes = nodesIn(sets[index]!, { trie, vocabulary });
    for (let node = 0; node < counts.length; node++) {
      if (nodes[node]! >= 0) counts[node]! += weight * own.counts[nodes[node]!]!;
    }
  }
  for (let node = 0; node < counts.length; node++) {
    if (counts[node]! > 0) counts[node] = Math.max(1, Math.round(counts[node]!));
  }
  return { counts: { trie, counts }, vocabulary };
}
