import { type BuiltTrie, buildTrie } from '../build-trie.ts';
import { GrowingArray } from '../growing-array.ts';
import type { NgramTrie } from '../ngram-trie.ts';
import { type NgramVocabulary, UNKNOWN } from '../vocabulary.ts';

/** N-grams of a trie over the words of a vocabulary. */
export interface NgramSet {
  readonly trie: NgramTrie;
  readonly vocabulary: NgramVocabulary;
}

/** A trie of the n-grams that some of several tries have, over a vocabulary that has the words of all. */
export function joinTries(sets: readonly NgramSet[], vocabulary: NgramVocabulary): BuiltTrie {
  const order = Math.max(...sets.map(({ trie }) => trie.order));
  const lists = Array.from({ length: order - 1 }, () => new GrowingArray(new Int32Array(1024)));
  for (const [index, set] of sets.entries()) {
    const toJoint = vocabulary.encode(set.vocabulary.words);
    const earlier = sets.slice(0, index).map(({ trie, vocabulary: other }) => ({
      trie,
      ids: set.vocabulary.words.map((word) => (other.has(word) ? other.idOf(word) : -1)),
    }));
    forEachNgram(set.trie, (ngram) => {
      const isThere = earlier.some(({ trie, ids }) => trie.find(ngram.map((word) => ids[word]!)) >= 0);
      if (!isThere) for (const word of ngram) lists[ngram.length - 2]!.push(toJoint[word]!);
    });
  }
  return buildTrie(
    vocabulary.size,
    lists.map(({ numbers }) => numbers),
  );
}

/** Calls `visit` with the words of every n-gram of two and more. */
function forEachNgram(trie: NgramTrie, visit: (ngram: readonly number[]) => void): void {
  const { parents } = trie;
  for (let level = 2; level <= trie.order; level++) {
    for (let node = trie.levelStart(level); node < trie.levelEnd(level); node++) {
      const ngram = new Array<number>(level);
      for (let at = node, place = level - 1; place >= 0; at = parents[at]!, place--) {
        ngram[place] = trie.words[at]!;
      }
      visit(ngram);
    }
  }
}

/** The node of each n-gram of a joint trie in one of the tries it was joined from; −1 where that lacks it. */
export function nodesIn({ trie, vocabulary }: NgramSet, joint: NgramSet): Int32Array {
  const ids = joint.vocabulary.words.map((word) => (vocabulary.has(word) ? vocabulary.idOf(word) : -1));
  const nodes = new Int32Array(joint.trie.nodeCount).fill(-1);
  nodes[0] = 0;
  for (let context = 0; context < joint.trie.contextCount; context++) {
    const own = nodes[context]!;
    if (own < 0 || own >= trie.contextCount) continue;
    for (
      let node = joint.trie.firstChildren[context]!;
      node < joint.trie.firstChildren[context + 1]!;
      node++
    ) {
      const word = ids[joint.trie.words[node]!]!;
      if (word >= UNKNOWN) nodes[node] = trie.child(own, word);
    }
  }
  return nodes;
}
