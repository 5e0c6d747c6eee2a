/** How often each n-gram occurs, under a key that no other n-gram has. */
export type NgramCounts = Map<string, number>;

/**
 * The n-grams of a sequence.
 *
 * @param items words, or characters; none may hold U+0000, which separates them in the keys
 * @param size  items in an n-gram
 */
export function countNgrams(items: readonly string[], size: number): NgramCounts {
  const counts: NgramCounts = new Map();
  for (let start = 0; start + size <= items.length; start++) {
    const key = size === 1 ? items[start]! : items.slice(start, start + size).join('\0');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The n-grams that both have, each as often as in the one with fewer. */
export function countMatches(a: NgramCounts, b: NgramCounts): number {
  let matches = 0;
  for (const [ngram, count] of a) matches += Math.min(count, b.get(ngram) ?? 0);
  return matches;
}
