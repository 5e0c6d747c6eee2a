import type { LanguageModel } from './language-model.ts';
import { NgramModel } from './ngram-model.ts';
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
  const { emptyState, sentenceStart, vocabulary } = model;
  const sums = new Sums();
  for (const sentence of sentences) {
    sums.sentenceCount++;
    let state = boundaries ? sentenceStart : emptyState;
    const scoreWord = (word: number) => {
      const score = model.score(state, word);
      state = score.state;
      sums.add(word, score.log10Probability);
    };
    for (const word of sentence) scoreWord(vocabulary.idOf(word));
    if (boundaries) scoreWord(SENTENCE_END);
  }
  return sums.textScore;
}

/**
 * The perplexity of lines whose words stand between blanks: as {@link scoreText} of `line.split(' ')`, but with no strings made for words,
 * and faster where the model is a {@link NgramModel}.
 *
 * @param lines one sentence each; lines without words count as empty sentences
 * @param boundaries whether a sentence begins after `<s>` and its end is predicted (default true)
 */
export function scoreLines<State>(
  model: LanguageModel<State>,
  lines: Iterable<string>,
  { boundaries = true }: { readonly boundaries?: boolean } = {},
): TextScore {
  const { emptyState, sentenceStart, vocabulary } = model;
  const state = boundaries ? sentenceStart : emptyState;
  const sums = new Sums();
  let logs = new Float64Array(256);
  for (const line of lines) {
    sums.sentenceCount++;
    const words = vocabulary.encodeLine(line, { end: boundaries });
    if (logs.length < words.length) logs = new Float64Array(2 * words.length);
    if (model instanceof NgramModel) {
      model.scoreAll(words, { state: state as number, output: logs });
    } else {
      let before = state;
      for (let index = 0; index < words.length; index++) {
        const score = model.score(before, words[index]!);
        logs[index] = score.log10Probability;
        before = score.state;
      }
    }
    for (let index = 0; index < words.length; index++) sums.add(words[index]!, logs[index]!);
  }
  return sums.textScore;
}

class Sums {
  sentenceCount = 0;
  #wordCount = 0;
  #unknownCount = 0;
  // Kept apart: a model may give unknown words no probability at all, and −∞ − (−∞) would be no number.
  #known = 0;
  #unknown = 0;

  add(word: number, log10Probability: number): void {
    this.#wordCount++;
    if (word === UNKNOWN) {
      this.#unknownCount++;
      this.#unknown += log10Probability;
    } else this.#known += log10Probability;
  }

  get textScore(): TextScore {
    const sum = this.#known + this.#unknown;
    return {
      wordCount: this.#wordCount,
      unknownCount: this.#unknownCount,
      sentenceCount: this.sentenceCount,
      log10Probability: sum,
      perplexity: 10 ** (-sum / this.#wordCount),
      perplexityWithoutUnknown: 10 ** (-this.#known / (this.#wordCount - this.#unknownCount)),
    };
  }
}
