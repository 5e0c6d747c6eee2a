import { NgramTrie } from './ngram-trie.ts';

/** A trie with fewer n-grams. */
export interface PrunedTrie {
  readonly trie: NgramTrie;
  /** Where each of its nodes was. */
  readonly origins: Int32Array;
}

/**
 * The trie without some of its n-grams, and without what is longer than these.
 *
 * Unigrams always stay.
 *
 * @param pruned 1 for each node to take out
 */
export function pruneTrie(trie: NgramTrie, pruned: Uint8Array): PrunedTrie {
  const { order } = trie;
  /** Where each node goes; −1: nowhere. */
  const targets = new Int32Array(trie.nodeCount).fill(-1);
  const levelStarts = new Int32Array(order + 2);
  let count = trie.levelStart(2);
  for (let node = 0; node < count; node++) targets[node] = node;
  levelStarts[1] = 1;
  levelStarts[2] = count;
  for (let level = 2; level <= order; level++) {
    for (let context = trie.levelStart(level - 1); context < trie.levelEnd(level - 1); context++) {
      if (targets[context]! < 0) continue;
      for (let node = trie.firstChildren[context]!; node < trie.firstChildren[context + 1]!; node++) {
        if (!pruned[node]) targets[node] = count++;
      }
    }
    levelStarts[level + 1] = count;
  }
  const words = new Int32Array(count);
  const origins = new Int32Array(count);
  const firstChildren = new Int32Array(levelStarts[order]! + 1);
  for (let node = 0; node < trie.nodeCount; node++) {
    const target = targets[node]!;
    if (target < 0) continue;
    words[target] = trie.words[node]!;
    origins[target] = node;
  }
  // Children stand in the order of their parents, so those of a context begin where its first child that is left went.
  let next = count;
  for (let target = levelStarts[order]!; target >= 0; target--) {
    if (target === levelStarts[order]!) {
      firstChildren[target] = next;
      continue;
    }
    const origin = origins[target]!;
    for (let node = trie.firstChildren[origin + 1]! - 1; node >= trie.firstChildren[origin]!; node--) {
      if (targets[node]! >= 0) next = targets[node]!;
    }
    firstChildren[target] = next;
  }
  return { trie: new NgramTrie({ levelStarts, words, firstChildren }), origins };
}
