import { buildTrie } from '../build-trie.ts';
import { joinTries, nodesIn } from '../combine/join-tries.ts';
import { NgramModel } from '../ngram-model.ts';

/**
 * The model with all suffixes of its n-grams, as KenLM looks for `c`, `b c` and `a b c` in turn and stops where one is missing. What pruning has taken out
 * comes back with the number that backing off gives it, so that nothing changes.
 */
export function addSuffixes(model: NgramModel): NgramModel {
  const { trie, vocabulary } = model;
  const missing = new Map<string, readonly number[]>();
  for (let level = 3; level <= trie.order; level++) {
    for (let node = trie.levelStart(level); node < trie.levelEnd(level); node++) {
      const found = trie.levelOf(trie.suffixOf(node));
      if (found === level - 1) continue;
      const ngram = trie.ngramOf(node);
      for (let start = 1; level - start > found; start++) {
        const suffix = ngram.slice(start);
        missing.set(suffix.join(' '), suffix);
      }
    }
  }
  if (missing.size === 0) return model;
  const lists = Array.from({ length: trie.order - 1 }, (_, index) =>
    Int32Array.from([...missing.values()].filter(({ length }) => length === index + 2).flat()),
  );
  const added = { trie: buildTrie(vocabulary.size, lists).trie, vocabulary };
  const joint = joinTries([model, added], vocabulary).trie;
  const own = nodesIn(model, { trie: joint, vocabulary });
  const logProbabilities = Float32Array.from(own, (node, at) => {
    if (node >= 0) return model.logProbabilities[node]!;
    const ngram = joint.ngramOf(at);
    const { state } = model.scoreAll(ngram.slice(0, -1));
    return model.score(state, ngram.at(-1)!).log10Probability;
  });
  const logBackoffs = Float32Array.from({ length: joint.contextCount }, (_, at) =>
    own[at]! >= 0 && own[at]! < trie.contextCount ? model.logBackoffs[own[at]!]! : 0,
  );
  return new NgramModel({ vocabulary, trie: joint, logProbabilities, logBackoffs });
}
