import type { NgramCounts } from '../count-ngrams.ts';
import type { NgramTrie } from '../ngram-trie.ts';
import { SENTENCE_START } from '../vocabulary.ts';
import type { DiscountFallback } from './discounts.ts';
import type { SharingPlan } from './sharing-rule.ts';

/** What a method is given. */
export interface SmoothingInput extends NgramCounts {
  /** 1 for each n-gram that will be left out of the model, by node; its probability must go to the shorter contexts. */
  readonly pruned: Uint8Array;
}

/** What a method makes of counts. */
export interface SmoothedCounts {
  /** Of the last word after the others, by node. */
  readonly probabilities: Float64Array;
  /** By node below the highest order: what the next shorter context's probability counts where the n-gram is missing. */
  readonly backoffs: Float64Array;
  /** Orders whose discounts the counts do not yield. */
  readonly fallbacks: readonly DiscountFallback[];
}

/** A way to turn counts into probabilities that leaves something for what was not seen. */
export interface SmoothingMethod {
  readonly name: string;
  /** Set if the method looks at one context at a time; only such methods estimate models that memory has no room for. */
  readonly plan?: SharingPlan;
  estimate(input: SmoothingInput): SmoothedCounts;
}

/** The part of a context's distribution that comes from its own counts. */
export interface Direct {
  /** By node: the discounted share of the count. */
  readonly shares: Float64Array;
  /** By node below the highest order: the weight of the next shorter context, 0 to 1. Not read for contexts without n-grams. */
  readonly lowerWeights: Float64Array;
}

/** The words of a distribution: all but `<s>`, which nobody predicts. */
export function predictedWordCount(trie: NgramTrie): number {
  return trie.vocabSize - 1;
}

/** Whether a node is the unigram `<s>`, which is context only. */
export function isSentenceStart(node: number): boolean {
  return node === SENTENCE_START + 1;
}

/**
 * Interpolated smoothing: p(w | h) = share(h w) + weight(h) · p(w | h'), h' being h without its first word; below unigrams all words are
 * equally likely.
 */
export function interpolate(
  { trie }: SmoothingInput,
  { shares, lowerWeights }: Direct,
): Pick<SmoothedCounts, 'probabilities' | 'backoffs'> {
  const probabilities = new Float64Array(trie.nodeCount);
  const backoffs = new Float64Array(trie.contextCount).fill(1);
  probabilities[0] = 1 / predictedWordCount(trie);
  for (let context = 0; context < trie.contextCount; context++) {
    const start = trie.firstChildren[context]!;
    const end = trie.firstChildren[context + 1]!;
    if (start === end) continue;
    const weight = lowerWeights[context]!;
    backoffs[context] = weight;
    for (let node = start; node < end; node++) {
      probabilities[node] = shares[node]! + weight * probabilities[trie.suffixOf(node)]!;
    }
  }
  probabilities[SENTENCE_START + 1] = 1;
  return { probabilities, backoffs };
}

/**
 * Back-off smoothing: p(w | h) = share(h w) where h w is kept, and what the shares leave is spread over the other words in proportion to
 * p(w | h').
 *
 * @see Katz 1987
 */
export function backOff(
  { trie, pruned }: SmoothingInput,
  shares: Float64Array,
): Pick<SmoothedCounts, 'probabilities' | 'backoffs'> {
  const probabilities = new Float64Array(trie.nodeCount);
  const backoffs = new Float64Array(trie.contextCount).fill(1);
  probabilities[0] = 1 / predictedWordCount(trie);
  for (let context = 0; context < trie.contextCount; context++) {
    const start = trie.firstChildren[context]!;
    const end = trie.firstChildren[context + 1]!;
    if (start === end) continue;
    let left = 1;
    let leftBelow = 1;
    for (let node = start; node < end; node++) {
      if (pruned[node] || shares[node] === 0 || isSentenceStart(node)) continue;
      left -= shares[node]!;
      leftBelow -= probabilities[trie.suffixOf(node)]!;
    }
    // Where every word was seen there is nothing to back off to; the rest is rounding.
    backoffs[context] = leftBelow > 1e-12 ? Math.max(0, left) / leftBelow : 0;
    const scale = leftBelow > 1e-12 ? 1 : 1 / (1 - left);
    for (let node = start; node < end; node++) {
      const share = pruned[node] ? 0 : shares[node]!;
      probabilities[node] =
        share > 0 ? share * scale : backoffs[context]! * probabilities[trie.suffixOf(node)]!;
    }
  }
  probabilities[SENTENCE_START + 1] = 1;
  return { probabilities, backoffs };
}
