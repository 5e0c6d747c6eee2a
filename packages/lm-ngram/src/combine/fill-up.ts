import { NgramModel } from '../ngram-model.ts';
import { renormalize } from '../renormalize.ts';
import { isSentenceStart } from '../smoothing/smoothing.ts';
import { UNKNOWN } from '../vocabulary.ts';
import { joinTries, nodesIn } from './join-tries.ts';
import { joinVocabularies, type WordMap } from './word-map.ts';

/**
 * A model of a domain, filled up from one of more text: n-grams that the domain's model has keep their probabilities; what they leave after
 * their context goes to the general model's n-grams and, by back-off weights, to all other words, in the general model's proportions.
 *
 * Words that only the general model has share the probability of the domain's `<unk>` in the same way.
 *
 * @see Bisazza, Ruiz and Federico 2011, "Fill-up versus interpolation methods for phrase-based SMT adaptation"; here everything adds up to 1, as in
 *   Besling and Meier 1995, "Language model speaker adaptation"
 */
export function fillUp(domain: NgramModel, general: NgramModel): NgramModel {
  const models = [domain, general];
  const { vocabulary, maps } = joinVocabularies(models);
  const { trie } = joinTries(models, vocabulary);
  const own = nodesIn(domain, { trie, vocabulary });
  const scoreGeneral = scorerOf(general, maps[1]!);
  const logProbabilities = new Float32Array(trie.nodeCount);
  /** The general model's, level by level as nodes are reached. */
  const states = new Int32Array(trie.contextCount);
  for (let context = 0; context < trie.contextCount; context++) {
    const start = trie.firstChildren[context]!;
    const end = trie.firstChildren[context + 1]!;
    // What the domain's n-grams leave, and what the general model leaves beside the same words.
    let left = 1;
    let leftGeneral = 1;
    for (let node = start; node < end; node++) {
      const score = scoreGeneral(states[context]!, trie.words[node]!);
      if (node < trie.contextCount) states[node] = score.state;
      logProbabilities[node] = score.log10Probability;
      if (isSentenceStart(node)) continue;
      const isUnknown = context === 0 && trie.words[node] === UNKNOWN;
      if (own[node]! < 0 || isUnknown) continue;
      left -= 10 ** domain.logProbabilities[own[node]!]!;
      leftGeneral -= 10 ** score.log10Probability;
    }
    const scale = left > 0 && leftGeneral > 0 ? Math.log10(left / leftGeneral) : -Infinity;
    for (let node = start; node < end; node++) {
      const isUnknown = context === 0 && trie.words[node] === UNKNOWN;
      if (isSentenceStart(node)) logProbabilities[node] = 0;
      else if (own[node]! >= 0 && !isUnknown) logProbabilities[node] = domain.logProbabilities[own[node]!]!;
      else logProbabilities[node]! += scale;
    }
  }
  const logBackoffs = new Float32Array(trie.contextCount);
  return renormalize(new NgramModel({ vocabulary, trie, logProbabilities, logBackoffs }));
}

function scorerOf(model: NgramModel, { ids, logShares }: WordMap) {
  return (state: number, word: number) => {
    const id = ids[word]!;
    const { log10Probability, state: next } = model.score(state, id);
    return {
      log10Probability: log10Probability + logShares[word]!,
      state: next,
    };
  };
}
