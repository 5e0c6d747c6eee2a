import type { AddedToken } from '../added-tokens.ts';
import { Vocabulary } from '../models/vocabulary.ts';
import { WordLevelModel } from '../models/word-level.ts';
import { Tokenizer } from '../tokenizer.ts';
import { compareTexts } from './compare-texts.ts';
import type { CountedWord } from './corpus-counter.ts';
import { pipelineParts } from './merge-tokenizer-learner.ts';
import type { TokenizerLearner } from './training-events.ts';
import type { WordLevelTrainingOptions } from './training-options.ts';
import { GrowingVocabulary, numberSpecialTokens } from './training-tokens.ts';

/** Learns the vocabulary of WordLevel: special tokens, then the most frequent words. */
export class WordLevelLearner implements TokenizerLearner {
  readonly #options: WordLevelTrainingOptions;
  readonly #unknownToken: string;
  readonly #addedTokens: readonly AddedToken[];
  readonly #vocabulary: GrowingVocabulary;
  readonly #words: Iterable<CountedWord>;

  constructor(words: Iterable<CountedWord>, options: WordLevelTrainingOptions, caller: string) {
    this.#options = options;
    this.#words = words;
    this.#unknownToken = options.unknownToken ?? '<unk>';
    this.#addedTokens = numberSpecialTokens(options.specialTokens ?? [], this.#unknownToken, caller);
    this.#vocabulary = new GrowingVocabulary(this.#addedTokens.map(({ content }) => content));
  }

  steps(): [] {
    addFrequentWords(this.#words, this.#vocabulary, this.#options);
    return [];
  }

  checkpoint(): undefined {}

  tokenizer(): Tokenizer {
    return new Tokenizer({
      ...pipelineParts(this.#options),
      model: new WordLevelModel(new Vocabulary([...this.#vocabulary.tokens]), this.#unknownToken),
      addedTokens: this.#addedTokens,
    });
  }
}

/** Gives words tokens until there are `vocabSize`: the most frequent first, of equals the first in the order of code points. */
export function addFrequentWords(
  words: Iterable<CountedWord>,
  vocabulary: GrowingVocabulary,
  { vocabSize, minFrequency = 1 }: { readonly vocabSize: number; readonly minFrequency?: number },
): void {
  const counts = new Map<string, number>();
  for (const [word, count] of words) counts.set(word, (counts.get(word) ?? 0) + count);
  const frequent = [...counts]
    .filter(([, count]) => count >= minFrequency)
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || compareTexts(a, b));
  for (const [word] of frequent) {
    if (vocabulary.tokens.length >= vocabSize) return;
    vocabulary.add(word);
  }
}
