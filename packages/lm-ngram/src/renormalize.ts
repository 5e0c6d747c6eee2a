import { NgramModel } from './ngram-model.ts';
import { isSentenceStart } from './smoothing/smoothing.ts';

/**
 * The model with back-off weights that make the probabilities after each context add up to 1: what its n-grams leave, shared by what the
 * shorter context gives to all other words.
 */
export function renormalize(model: NgramModel): NgramModel {
  const { trie, vocabulary, logProbabilities } = model;
  const logBackoffs = new Float32Array(trie.contextCount);
  const result = new NgramModel({ vocabulary, trie, logProbabilities, logBackoffs });
  // Shorter contexts come first, so that longer ones see their new weights.
  for (let context = 1; context < trie.contextCount; context++) {
    const start = trie.firstChildren[context]!;
    const end = trie.firstChildren[context + 1]!;
    if (start === end) continue;
    const shorter = trie.suffixOf(context);
    let left = 1;
    let leftBelow = 1;
    for (let node = start; node < end; node++) {
      if (isSentenceStart(node)) continue;
      left -= 10 ** logProbabilities[node]!;
      leftBelow -= 10 ** result.score(shorter, trie.words[node]!).log10Probability;
    }
    logBackoffs[context] = leftBelow > ROUNDING ? Math.log10(Math.max(left, 0) / leftBelow) : 0;
  }
  return result;
}

/** What sums of 32-bit floats may be off by. */
const ROUNDING = 1e-6;
