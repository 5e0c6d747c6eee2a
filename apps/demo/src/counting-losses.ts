import { countNgrams, estimateModel, NgramModel, NgramVocabulary, wittenBell } from '@wordloom/lm-ngram';

/** How well counting n-grams of one length predicts. */
export interface CountingLoss {
  /** Tokens of the longest n-grams. */
  readonly order: number;
  /** Mean nats per token. */
  readonly loss: number;
}

/** Options of {@link countingLosses}. */
export interface CountingLossesOptions {
  readonly vocabSize: number;
  /** From pairs up to n-grams of this many tokens. */
  readonly longest: number;
}

/** Tokens come after the words that every n-gram vocabulary has. */
const RESERVED = NgramVocabulary.of([]).size;

/**
 * What counting makes of a text: the line every neural model here is measured against. Interpolated n-grams with Witten-Bell smoothing.
 *
 * @param training tokens to count
 * @param heldOut  tokens to predict, each after those before it; the first is given
 * @returns one loss for each order from 2 up
 */
export function countingLosses(
  training: Int32Array,
  heldOut: Int32Array,
  { vocabSize, longest }: CountingLossesOptions,
): CountingLoss[] {
  const vocabulary = NgramVocabulary.of(Array.from({ length: vocabSize }, (_, token) => `${token}`));
  const [first, ...rest] = heldOut.map((token) => token + RESERVED);
  const text = training.map((token) => token + RESERVED);
  const counts = countNgrams([text], { order: longest, vocabSize: vocabulary.size, boundaries: false });
  const { trie, logProbabilities, logBackoffs } = estimateModel(counts, vocabulary, {
    smoothing: wittenBell(),
  });
  return Array.from({ length: longest - 1 }, (_, index) => {
    const order = index + 2;
    // Witten-Bell's shorter n-grams do not know of the longer ones, so they are the model of a lower order.
    const model = new NgramModel({ vocabulary, trie: trie.upTo(order), logProbabilities, logBackoffs });
    const { state } = model.score(model.emptyState, first!);
    const { log10Probability } = model.scoreAll(rest, { state });
    return { order, loss: (-log10Probability * Math.LN10) / rest.length };
  });
}
