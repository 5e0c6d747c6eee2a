import type { Tokenizer } from '../tokenizer.ts';
import type { CorpusSize } from './corpus-counter.ts';
import type { TrainingCheckpoint } from './training-checkpoint.ts';

/** What a model's learning tells. */
export type LearningEvent =
  /** BPE and WordPiece: tokens so far, tokens asked for, and how often the pair merged last occurred. */
  | {
      readonly type: 'merge-progress';
      readonly vocabSize: number;
      readonly targetVocabSize: number;
      readonly frequency: number;
      /** What training can go on from later; of the moment of the call, which takes some time. */
      readonly checkpoint: () => TrainingCheckpoint;
    }
  /** BPE and WordPiece that go on from a checkpoint: merges made anew, and how many there are in it. */
  | { readonly type: 'resume-progress'; readonly mergeCount: number; readonly targetMergeCount: number }
  /** Unigram: pieces left; nats per word of the corpus before the round's update. */
  | { readonly type: 'round-end'; readonly pieceCount: number; readonly logLikelihood: number };

/** What `trainTokenizerSteps` tells: counting the corpus comes first, then learning, then the tokenizer. */
export type TrainTokenizerEvent =
  | ({ readonly type: 'count-progress' | 'count-end' } & CorpusSize)
  | LearningEvent
  | {
      readonly type: 'train-end';
      readonly reason: 'finished' | 'aborted';
      /** What was learned until then. */
      readonly tokenizer: Tokenizer;
      /** What BPE and WordPiece can go on from; undefined for other models, and if they were aborted before merging. */
      readonly checkpoint: TrainingCheckpoint | undefined;
    };

/** What `continueTrainingSteps` tells: as training does, but without checkpoints. */
export type ContinueTrainingEvent =
  | ({ readonly type: 'count-progress' | 'count-end' } & CorpusSize)
  | ContinuationEvent
  | {
      readonly type: 'train-end';
      readonly reason: 'finished' | 'aborted';
      /** With what was learned until then; if counting was aborted, the tokenizer of before. */
      readonly tokenizer: Tokenizer;
    };

/** What learning more tokens tells. */
export type ContinuationEvent =
  | Omit<Extract<LearningEvent, { readonly type: 'merge-progress' }>, 'checkpoint'>
  | Extract<LearningEvent, { readonly type: 'round-end' }>;

/** Learns a tokenizer from counted words, in short steps. */
export interface TokenizerLearner {
  /** Learns until it is done; each step says how far it is. */
  steps(): Iterable<LearningEvent>;
  /** The tokenizer, as far as it is learned. */
  tokenizer(): Tokenizer;
  checkpoint(): TrainingCheckpoint | undefined;
}
