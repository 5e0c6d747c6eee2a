import type { AddedToken } from '../added-tokens.ts';
import { UnigramTraining } from '../models/unigram/train-unigram.ts';
import { UnigramModel } from '../models/unigram/unigram-model.ts';
import { Tokenizer } from '../tokenizer.ts';
import type { CountedWord } from './corpus-counter.ts';
import { pipelineParts } from './merge-tokenizer-learner.ts';
import type { LearningEvent, TokenizerLearner } from './training-events.ts';
import type { UnigramTrainingOptions } from './training-options.ts';
import { numberSpecialTokens } from './training-tokens.ts';

/** Learns a Unigram tokenizer: see `trainUnigram`. */
export class UnigramLearner implements TokenizerLearner {
  readonly #options: UnigramTrainingOptions;
  readonly #addedTokens: readonly AddedToken[];
  readonly #unknownToken: string | null;
  /** Undefined if there are no words. */
  readonly #training: UnigramTraining | undefined;

  constructor(words: Iterable<CountedWord>, options: UnigramTrainingOptions, caller: string) {
    const { unknownToken = '<unk>' } = options;
    this.#options = options;
    this.#unknownToken = unknownToken;
    this.#addedTokens = numberSpecialTokens(options.specialTokens ?? [], unknownToken, caller);
    const counts = new Map<string, number>();
    for (const [word, count] of words) counts.set(word, (counts.get(word) ?? 0) + count);
    const specialTokens = this.#addedTokens.map(({ content }) => content);
    if (counts.size > 0) {
      this.#training = new UnigramTraining(counts, { ...options, specialTokens, unknownToken });
    }
  }

  *steps(): Generator<LearningEvent, void, void> {
    const training = this.#training;
    if (!training) return;
    for (const logLikelihood of training.rounds()) {
      yield { type: 'round-end', pieceCount: training.pieceCount, logLikelihood };
    }
  }

  checkpoint(): undefined {}

  tokenizer(): Tokenizer {
    return new Tokenizer({
      ...pipelineParts(this.#options),
      model: this.#training?.model() ?? this.#emptyModel(),
      addedTokens: this.#addedTokens,
    });
  }

  #emptyModel(): UnigramModel {
    const contents = this.#addedTokens.map(({ content }) => content);
    return new UnigramModel(
      contents.map((content) => [content, 0]),
      { unknownId: this.#unknownToken === null ? null : contents.indexOf(this.#unknownToken) },
    );
  }
}
