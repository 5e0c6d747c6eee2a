import type { LanguageModel, WordScore } from '../language-model.ts';
import type { NgramVocabulary } from '../vocabulary.ts';
import { SENTENCE_START, UNKNOWN } from '../vocabulary.ts';
import type { Continuation, CorpusIndex, SuffixRange } from './corpus-index.ts';

/** The longest stretch of the last words that occurs in the corpus, and where. */
export interface InfiniGramState {
  readonly words: readonly number[];
  readonly range: SuffixRange;
}

/**
 * The ∞-gram: the relative frequency of a word after the longest stretch of the words before that occurs in the corpus with anything after
 * it, however long.
 *
 * Not smoothed: a word that never followed that stretch has probability 0, and a text's perplexity is nearly always infinite; interpolate it
 * with a smoothed model.
 *
 * @see Liu et al. 2024, §2
 */
export class InfiniGramModel implements LanguageModel<InfiniGramState> {
  readonly vocabulary: NgramVocabulary;
  readonly order: number = Number.POSITIVE_INFINITY;
  readonly corpus: CorpusIndex;
  readonly emptyState: InfiniGramState;
  readonly sentenceStart: InfiniGramState;

  /** @param corpus texts by the vocabulary's ids; with `<s>` and `</s>` around them if sentences are to be scored */
  constructor(vocabulary: NgramVocabulary, corpus: CorpusIndex) {
    this.vocabulary = vocabulary;
    this.corpus = corpus;
    this.emptyState = { words: [], range: corpus.find([]) };
    this.sentenceStart = this.#shorten([SENTENCE_START]);
  }

  score({ words, range }: InfiniGramState, word: number): WordScore<InfiniGramState> {
    this.vocabulary.wordOf(word);
    const longer = this.corpus.narrow(range, words.length, word);
    const count = longer.end - longer.start;
    // Ends of texts follow nothing.
    const total = range.end - this.#firstWord(range, words.length);
    const next = [...words, word];
    return {
      log10Probability: Math.log10(count / total),
      order: word === UNKNOWN ? 0 : words.length + 1,
      state:
        count > 0 && this.#isFollowed(longer, next.length)
          ? { words: next, range: longer }
          : this.#shorten(next.slice(1)),
    };
  }

  /** What followed the state's words in the corpus, by rising id. */
  continuations({ words, range }: InfiniGramState): Continuation[] {
    return this.corpus.continuationsOf(range, words.length);
  }

  /** The longest suffix of words that occurs with a word after it. */
  #shorten(words: readonly number[]): InfiniGramState {
    // A suffix of what occurs occurs, so the lengths that do are all up to one.
    let fits = 0;
    let range = this.emptyState?.range ?? this.corpus.find([]);
    let tooLong = words.length + 1;
    while (fits + 1 < tooLong) {
      const length = (fits + tooLong) >>> 1;
      const found = this.corpus.find(words.slice(words.length - length));
      if (found.end > found.start && this.#isFollowed(found, length)) {
        fits = length;
        range = found;
      } else {
        tooLong = length;
      }
    }
    return { words: words.slice(words.length - fits), range };
  }

  #isFollowed(range: SuffixRange, length: number): boolean {
    return this.#firstWord(range, length) < range.end;
  }

  /** The first of the suffixes in which a word, not the end of a text, comes after `length` words. */
  #firstWord(range: SuffixRange, length: number): number {
    return this.corpus.narrow(range, length, -1).end;
  }
}
