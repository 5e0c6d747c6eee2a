import type { LanguageModel } from '../language-model.ts';
import { NgramModel } from '../ngram-model.ts';
import { renormalize } from '../renormalize.ts';
import { isSentenceStart } from '../smoothing/smoothing.ts';
import type { NgramVocabulary } from '../vocabulary.ts';
import { joinTries } from './join-tries.ts';

/**
 * A mixture, or any other model, as one in the ARPA form, to be written to a file and read by any other program: the n-grams of some models with the
 * mixture's probabilities, and back-off weights that make these add up to 1.
 *
 * A log-linear mixture stays exactly as it is. A linear one does for the n-grams that some model has; what is backed off to differs a little,
 * as one weight for a context cannot be right for all words. So do, in both, words that a model lacks after contexts in which it expects `<unk>`.
 *
 * @param model  what probabilities are asked of; its vocabulary has all words of the others
 * @param ngrams where n-grams are taken from: the models of the mixture
 * @see Stolcke 2002, "SRILM", static interpolation (`ngram -mix-lm`); Heafield, Geigle, Massung and Schwartz 2016
 */
export function freezeModel<State>(
  model: LanguageModel<State>,
  ngrams: readonly Pick<NgramModel, 'trie' | 'vocabulary'>[],
): NgramModel {
  const vocabulary: NgramVocabulary = model.vocabulary;
  const { trie } = joinTries(ngrams, vocabulary);
  const logProbabilities = new Float32Array(trie.nodeCount);
  let states: State[] = [model.emptyState];
  // Level by level: only the states of one level are kept.
  for (let level = 0; level < trie.order; level++) {
    const next: State[] = [];
    const first = trie.levelStart(level);
    for (let context = first; context < trie.levelEnd(level); context++) {
      const state = states[context - first]!;
      const end = trie.firstChildren[context + 1]!;
      for (let node = trie.firstChildren[context]!; node < end; node++) {
        const score = model.score(state, trie.words[node]!);
        logProbabilities[node] = isSentenceStart(node) ? 0 : score.log10Probability;
        if (level + 1 < trie.order) next.push(score.state);
      }
    }
    states = next;
  }
  const logBackoffs = new Float32Array(trie.contextCount);
  return renormalize(new NgramModel({ vocabulary, trie, logProbabilities, logBackoffs }));
}
