import { describeValue } from '../describe-value.ts';
import { NgramModel } from '../ngram-model.ts';
import { LogLinearMixture } from './log-linear-mixture.ts';

/**
 * A model moved toward the words of a domain: p(w | h) = (p_d(w) / p(w))^β · p(w | h) / Z(h), of all models with the domain's frequencies of
 * words nearly the one that is nearest to the old one (minimum discrimination information). For when there is too little text of a domain for
 * more than its words.
 *
 * @param model  of much general text
 * @param domain its unigrams are taken
 * @param beta   0: nothing changes; 1: words are as frequent as in the domain (default 0.5)
 * @throws {RangeError} if `beta` is not from 0 to 1
 * @see Kneser, Peters and Klakow 1997, "Language model adaptation using dynamic marginals"
 */
export function scaleUnigrams(
  model: NgramModel,
  domain: NgramModel,
  { beta = 0.5 }: { readonly beta?: number } = {},
): LogLinearMixture {
  if (!(beta >= 0 && beta <= 1)) {
    throw new RangeError(`scaleUnigrams: beta must be from 0 to 1, got ${describeValue(beta)}.`);
  }
  return new LogLinearMixture([model, unigramsOf(domain), unigramsOf(model)], { weights: [1, beta, -beta] });
}

function unigramsOf({ vocabulary, trie, logProbabilities }: NgramModel): NgramModel {
  return new NgramModel({
    vocabulary,
    trie: trie.upTo(1),
    logProbabilities,
    logBackoffs: new Float32Array(1),
  });
}
