import { UnigramTraining } from '../models/unigram/train-unigram.ts';
import { type ScoredPiece, UnigramModel } from '../models/unigram/unigram-model.ts';
import { compareTexts } from './compare-texts.ts';
import type { CountedWord } from './corpus-counter.ts';
import type { ContinuationEvent } from './training-events.ts';
import type { GrowingVocabulary } from './training-tokens.ts';

/** What is to be added to a Unigram model. */
export interface AddUnigramPiecesOptions {
  readonly words: Iterable<CountedWord>;
  /** The model's pieces, which new ones are added to. */
  readonly vocabulary: GrowingVocabulary;
  /** Pieces to end with. */
  readonly vocabSize: number;
  /** Whether characters without a piece get one first. */
  readonly addCharacters: boolean;
  /** Whether learning is to end with the pieces until then. */
  readonly isAborted: () => boolean;
}

/**
 * Adds the best pieces that a model learned from other words has and this one lacks.
 *
 * Scores are logarithms of probabilities, which the two models spread over different pieces. Pieces that both have tell how far they are
 * apart: new scores are shifted by the median difference, so that a new piece is to the old ones what it is in the other model.
 *
 * @returns the new model, at the end of the steps
 */
export function* addUnigramPieces(
  model: UnigramModel,
  { words, vocabulary, vocabSize, addCharacters, isAborted }: AddUnigramPiecesOptions,
): Generator<ContinuationEvent, UnigramModel, void> {
  const counts = new Map<string, number>();
  for (const [word, count] of words) counts.set(word, (counts.get(word) ?? 0) + count);
  const training = new UnigramTraining(counts, { vocabSize, unknownToken: null });
  for (const logLikelihood of training.rounds()) {
    yield { type: 'round-end', pieceCount: training.pieceCount, logLikelihood };
    if (isAborted()) break;
  }
  const learned = training.model();
  const found = (learned.toJSON().vocab as readonly ScoredPiece[]).toSorted(
    ([a, scoreOfA], [b, scoreOfB]) => scoreOfB - scoreOfA || compareTexts(a, b),
  );
  const shift = median(
    found.flatMap(([piece, score]) => {
      const id = vocabulary.idOf(piece);
      return id === undefined ? [] : [model.scoreOf(id)! - score];
    }),
  );
  const scores = Array.from({ length: vocabulary.tokens.length }, (_, id) => model.scoreOf(id));
  const add = ([piece, score]: ScoredPiece): void => {
    if (scores.length >= vocabSize || vocabulary.idOf(piece) !== undefined) return;
    vocabulary.add(piece);
    scores.push(score + shift);
  };
  const isCharacter = ([piece]: ScoredPiece): boolean => [...piece].length === 1;
  if (addCharacters) found.filter(isCharacter).forEach(add);
  found.filter((piece) => !isCharacter(piece)).forEach(add);
  const { unknownId, byteFallback, sampling } = model;
  const pieces = vocabulary.tokens.map((token, id): ScoredPiece => [token ?? '', scores[id] ?? 0]);
  return new UnigramModel(pieces, { unknownId, byteFallback, ...(sampling && { sampling }) });
}

/** 0 of no values. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
