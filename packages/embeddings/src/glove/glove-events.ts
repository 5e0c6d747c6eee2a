import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { CountingProgress } from './count-windows.ts';
import type { GloveModel } from './glove-model.ts';

/** What training by GloVe tells, in order. */
export type GloveTrainingEvent =
  | (CountingProgress & {
      /** While cooccurrences are counted, before training. */
      readonly type: 'count-update';
    })
  | {
      readonly type: 'training-start';
      readonly vocabulary: Vocabulary;
      /** Pairs to train on in all epochs together. */
      readonly totalPairs: number;
      readonly workers: number;
    }
  | (GloveProgress & { readonly type: 'progress-update' })
  | (GloveProgress & { readonly type: 'epoch-end' })
  | {
      readonly type: 'evaluation-end';
      readonly epoch: number;
      readonly pairs: number;
      /** What `evaluate` returned. */
      readonly result: unknown;
    }
  | {
      readonly type: 'checkpoint-end';
      /** A copy, from which training can be resumed. */
      readonly model: GloveModel;
    }
  | {
      readonly type: 'training-end';
      readonly reason: 'finished' | 'aborted';
      readonly model: GloveModel;
    };

/** Where training is. */
export interface GloveProgress {
  /** Counted from 1. */
  readonly epoch: number;
  /** Pairs trained on in all epochs so far. */
  readonly pairs: number;
  readonly totalPairs: number;
  /** Pairs trained on in a second since training started. */
  readonly pairsPerSecond: number;
  /** The mean over pairs of ½ f(x) (w·c + b + b' − ln x)² since the last event of this type, each pair's as it was when it was trained on. */
  readonly loss: number;
  readonly learningRate: number;
}
