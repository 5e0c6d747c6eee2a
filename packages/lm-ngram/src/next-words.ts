import type { NgramModel } from './ngram-model.ts';
import { SENTENCE_START } from './vocabulary.ts';

/** A word that may follow, and how likely it is. */
export interface NextWord {
  readonly word: number;
  readonly log10Probability: number;
  /** Words of the n-gram that gave the probability. */
  readonly order: number;
}

/**
 * The probabilities of all words after a state, by id; `<s>`, which is never predicted, has 0.
 *
 * @returns `vocabSize` probabilities; with a smoothing that keeps to probabilities their sum is 1
 */
export function nextWordDistribution(model: NgramModel, state: number): Float64Array {
  const { trie, logProbabilities, logBackoffs } = model;
  const distribution = new Float64Array(trie.vocabSize);
  // From the shortest context to the longest, so that what longer n-grams say stands in the end.
  const contexts = contextsOf(model, state).reverse();
  let below = 0;
  for (const context of contexts) {
    if (context !== 0) {
      below = 10 ** logBackoffs[context]!;
      for (let word = 0; word < distribution.length; word++) distribution[word]! *= below;
    }
    const end = trie.firstChildren[context + 1]!;
    for (let node = trie.firstChildren[context]!; node < end; node++) {
      distribution[trie.words[node]!] = 10 ** logProbabilities[node]!;
    }
  }
  distribution[SENTENCE_START] = 0;
  return distribution;
}

/**
 * The most likely next words after a state, the most likely first; of equals the one with the smaller id.
 *
 * Looks at the words seen after the context and its suffixes, and at as many of the most frequent words as are needed: not at the whole
 * vocabulary.
 *
 * @param count how many words, at most
 */
export function likelyNextWords(model: NgramModel, state: number, count: number): NextWord[] {
  const { trie, logProbabilities, logBackoffs } = model;
  const found: NextWord[] = [];
  const seen = new Set<number>([SENTENCE_START]);
  let backoff = 0;
  for (const context of contextsOf(model, state)) {
    if (context === 0) {
      let left = count;
      for (const node of unigramsByProbability(model)) {
        if (left === 0) break;
        const word = trie.words[node]!;
        if (seen.has(word)) continue;
        found.push({ word, log10Probability: backoff + logProbabilities[node]!, order: 1 });
        left--;
      }
      break;
    }
    const order = trie.levelOf(context) + 1;
    const end = trie.firstChildren[context + 1]!;
    for (let node = trie.firstChildren[context]!; node < end; node++) {
      const word = trie.words[node]!;
      if (seen.has(word)) continue;
      seen.add(word);
      found.push({ word, log10Probability: backoff + logProbabilities[node]!, order });
    }
    backoff += logBackoffs[context]!;
  }
  return found
    .sort((a, b) => b.log10Probability - a.log10Probability || a.word - b.word)
    .slice(0, Math.max(0, count));
}

/** The state and its suffixes, the longest first; the last is the root. */
export function contextsOf({ trie }: NgramModel, state: number): number[] {
  const contexts = [state];
  while (contexts[contexts.length - 1] !== 0) contexts.push(trie.suffixOf(contexts[contexts.length - 1]!));
  return contexts;
}

const sortedUnigrams = new WeakMap<NgramModel, Int32Array>();

/** Nodes of all words, the most likely first. */
function unigramsByProbability(model: NgramModel): Int32Array {
  const known = sortedUnigrams.get(model);
  if (known) return known;
  const { logProbabilities } = model;
  const nodes = Int32Array.from({ length: model.vocabulary.size }, (_, word) => word + 1);
  nodes.sort((a, b) => logProbabilities[b]! - logProbabilities[a]! || a - b);
  sortedUnigrams.set(model, nodes);
  return nodes;
}
