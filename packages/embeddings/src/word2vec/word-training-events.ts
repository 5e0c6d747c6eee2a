import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { WordVectorModel } from './word-vector-model.ts';

/** What training word vectors tells, in order. */
export type WordTrainingEvent = TrainingEvent<WordVectorModel>;

/** What training tells, in order. */
export type TrainingEvent<Model> =
  | {
      readonly type: 'training-start';
      readonly vocabulary: Vocabulary;
      /** Words to read in all epochs together. */
      readonly totalWords: number;
      readonly workers: number;
    }
  | (TrainingProgress & { readonly type: 'progress-update' })
  | (TrainingProgress & { readonly type: 'epoch-end' })
  | {
      readonly type: 'evaluation-end';
      readonly epoch: number;
      readonly words: number;
      /** What `evaluate` returned. */
      readonly result: unknown;
    }
  | {
      readonly type: 'checkpoint-end';
      /** A copy, from which training can be resumed. */
      readonly model: Model;
    }
  | {
      readonly type: 'training-end';
      readonly reason: 'finished' | 'aborted';
      readonly model: Model;
    };

/** Where training is. */
export interface TrainingProgress {
  /** Counted from 1. */
  readonly epoch: number;
  /** Words read in all epochs so far. */
  readonly words: number;
  readonly totalWords: number;
  /** Words read in a second since training started. */
  readonly wordsPerSecond: number;
  /**
   * Nats per prediction since the last event of this type: a pair of an input and a word that it predicts, with its negative examples or its
   * way through the tree. All pairs count, each with the loss it had when it was trained on. NaN if there was none.
   */
  readonly loss: number;
  readonly learningRate: number;
}
