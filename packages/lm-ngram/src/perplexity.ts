import type { LanguageModel } from './language-model.ts';
import { SENTENCE_END, UNKNOWN } from './vocabulary.ts';

/** How well a model predicts a text. */
export interface TextScore {
  /** Words scored; `</s>` is one for each sentence. */
  readonly wordCount: number;
  /** Words that the vocabulary lacks. */
  readonly unknownCount: number;
  readonly sentenceCount: number;
  /** Sum over all words, base 10. */
  readonly log10Probability: number;
  /** Per word, all words included. */
  readonly perplexity: number;
  /** Per word that the vocabulary has: those that it lacks are left out of the sum and of the number. */
  readonly perplexityWithoutUnknown: number;
}

/**
 * The perplexity of a text: 10 to the power of minus the mean logarithm of its words' probabilities.
 *
 * @param sentences words of each sentence
 * @param boundaries whether a sentence begins after `<s>` and its end is predicted (default true)
 */
export function scoreText<State>(
  model: LanguageModel<State>,
  sentences: Iterable<Iterable<string>>,
  { boundaries = true }: { readonly boundaries?: boolean } = {},
): TextScore {
  let wordCount = 0;
  let unknownCount = 0;
  let sentenceCount = 0;
  // Kept apart: a model may give unknown words no probability at all, and −∞ − (−∞) would be no number.
  let knownSum = 0;
  let unknownSum = 0;
  for (const sentence of sentences) {
    sentenceCount++;
    let state = boundaries ? model.sentenceStart : model.emptyState;
    const scoreWord = (word: number) => {
      const { log10Probability, state: next } = model.score(state, word);
      state = next;
      wordCount++;
      if (word !== UNKNOWN) {
        knownSum += log10Probability;
        return;
      }
      unknownCount++;
      unknownSum += log10Probability;
    };
    for (const word of sentence) scoreWord(model.vocabulary.idOf(word));
    if (boundaries) scoreWord(SENTENCE_END);
  }
  const sum = knownSum + unknownSum;
  return {
    wordCount,
    unknownCount,
    sentenceCount,
    log10Probability: sum,
    perplexity: 10 ** (-sum / wordCount),
    perplexityWithoutUnknown: 10 ** (-knownSum / (wordCount - unknownCount)),
  };
}
