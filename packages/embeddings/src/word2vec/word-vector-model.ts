import { WordVectors } from '../vectors/word-vectors.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { WordTrainingSettings } from './word-training-options.ts';

/** How far training has come. */
export interface TrainingPosition {
  /** Epochs that are over. */
  readonly epoch: number;
  /** Blocks of the current epoch that are done. */
  readonly blocksOfEpoch: number;
  /** Blocks done in all. */
  readonly blocks: number;
  /** Words read in all epochs so far. */
  readonly words: number;
  /** Words to read in all. */
  readonly totalWords: number;
}

/** What training word vectors gives: the vectors, and all that is needed to train on. */
export class WordVectorModel {
  readonly vocabulary: Vocabulary;
  readonly vectors: WordVectors;
  /** `[output rows, size]`: by word for negative sampling, by inner node of the Huffman tree for hierarchical softmax. */
  readonly outputTable: Float32Array;
  readonly settings: WordTrainingSettings;
  readonly position: TrainingPosition;

  constructor(fields: {
    readonly vocabulary: Vocabulary;
    /** `[words, size]` */
    readonly inputTable: Float32Array;
    readonly outputTable: Float32Array;
    readonly settings: WordTrainingSettings;
    readonly position: TrainingPosition;
  }) {
    this.vocabulary = fields.vocabulary;
    this.vectors = new WordVectors(fields.vocabulary.words, fields.inputTable, fields.settings.size);
    this.outputTable = fields.outputTable;
    this.settings = fields.settings;
    this.position = fields.position;
  }

  /** Whether all epochs are over; if not, `resumeWordVectors` goes on. */
  get isFinished(): boolean {
    return this.position.epoch === this.settings.epochs;
  }
}
