import { WordVectors } from '../vectors/word-vectors.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { WordTrainingSettings } from '../word2vec/word-training-options.ts';
import type { TrainingPosition } from '../word2vec/word-vector-model.ts';

/** What is learned of documents, and how. */
export interface ParagraphTrainingSettings
  extends Omit<WordTrainingSettings, 'architecture' | 'subwords' | 'cbowMean' | 'cbowGradient'> {
  /**
   * Whether the document and the neighbors of a word predict it (PV-DM), or the document alone predicts all its words (PV-DBOW), which leaves
   * vectors of words as they were drawn. Default 'distributed-memory'.
   */
  readonly architecture: 'distributed-memory' | 'bag-of-words';
}

/** What training paragraph vectors gives. */
export class ParagraphVectorModel {
  readonly vocabulary: Vocabulary;
  /** `[documents, size]`, in their order in the corpus. */
  readonly documentTable: Float32Array;
  /** Vectors of words. */
  readonly vectors: WordVectors;
  /** `[output rows, size]` */
  readonly outputTable: Float32Array;
  readonly settings: ParagraphTrainingSettings;
  readonly position: TrainingPosition;

  /** @param fields kept, not copied */
  constructor(fields: {
    readonly vocabulary: Vocabulary;
    readonly documentTable: Float32Array;
    readonly inputTable: Float32Array;
    readonly outputTable: Float32Array;
    readonly settings: ParagraphTrainingSettings;
    readonly position: TrainingPosition;
  }) {
    this.vocabulary = fields.vocabulary;
    this.documentTable = fields.documentTable;
    this.vectors = new WordVectors(fields.vocabulary.words, fields.inputTable, fields.settings.size);
    this.outputTable = fields.outputTable;
    this.settings = fields.settings;
    this.position = fields.position;
  }

  /**
   * Documents as if they were words, for all that asks for {@link WordVectors}, such as `mostSimilar`.
   *
   * @param names one for each document; default their numbers, from "0"
   */
  documentVectors(names?: readonly string[]): WordVectors {
    const count = this.documentTable.length / this.settings.size;
    return new WordVectors(
      names ?? Array.from({ length: count }, (_, document) => String(document)),
      this.documentTable,
      this.settings.size,
    );
  }
}
