import type { LanguageModel } from '../language-model.ts';
import { SENTENCE_END } from '../vocabulary.ts';
import { type Hypothesis, type NbestList, weighFeatures } from './nbest-list.ts';

/** Options of {@link addModelScores}. */
export interface AddModelScoresOptions {
  /** What the feature is called (default `lm`). */
  readonly name?: string;
  /** Whether hypotheses are whole sentences: begin after `<s>`, and end (default true). */
  readonly boundaries?: boolean;
}

/**
 * Lists with what a model gives each hypothesis as one more feature: the natural logarithm of its probability; and the number of its words as
 * another, `words`, since a model likes few.
 */
export function addModelScores<State>(
  lists: readonly NbestList[],
  model: LanguageModel<State>,
  { name = 'lm', boundaries = true }: AddModelScoresOptions = {},
): NbestList[] {
  const score = (words: readonly string[]) => {
    let state = boundaries ? model.sentenceStart : model.emptyState;
    let sum = 0;
    const ids = [...model.vocabulary.encode(words), ...(boundaries ? [SENTENCE_END] : [])];
    for (const id of ids) {
      const { log10Probability, state: next } = model.score(state, id);
      sum += log10Probability;
      state = next;
    }
    return sum * Math.LN10;
  };
  return lists.map(({ id, hypotheses }) => ({
    id,
    hypotheses: hypotheses.map(({ words, features }) => ({
      words,
      features: { ...features, [name]: score(words), words: words.length },
    })),
  }));
}

/** The hypotheses of a list, that with the largest weighed sum of features first; equals stay in their order. */
export function rankHypotheses(
  { hypotheses }: NbestList,
  weights: Readonly<Record<string, number>>,
): { readonly hypothesis: Hypothesis; readonly score: number }[] {
  return hypotheses
    .map((hypothesis) => ({ hypothesis, score: weighFeatures(hypothesis.features, weights) }))
    .sort((a, b) => b.score - a.score || 0);
}
