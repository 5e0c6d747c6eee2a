import { describeValue } from '../describe-value.ts';
import { subwordBuckets } from '../fasttext/subwords.ts';
import { WordVectors } from '../vectors/word-vectors.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import { meanRows, subwordRows } from './subword-rows.ts';
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

/** What a model is made of. */
export interface WordVectorModelFields {
  readonly vocabulary: Vocabulary;
  /** `[words + buckets, size]` */
  readonly inputTable: Float32Array;
  /** `[output rows, size]` */
  readonly outputTable: Float32Array;
  readonly settings: WordTrainingSettings;
  readonly position: TrainingPosition;
}

/** What training word vectors gives: the vectors, and all that is needed to train on. */
export class WordVectorModel {
  readonly vocabulary: Vocabulary;
  readonly vectors: WordVectors;
  /** `[words + buckets, size]`: rows of words, then of n-grams; without n-grams the table of the vectors. */
  readonly inputTable: Float32Array;
  /** `[output rows, size]`: by word for negative sampling, by inner node of the Huffman tree for hierarchical softmax. */
  readonly outputTable: Float32Array;
  readonly settings: WordTrainingSettings;
  readonly position: TrainingPosition;

  /** @param fields kept, not copied */
  constructor({ vocabulary, inputTable, outputTable, settings, position }: WordVectorModelFields) {
    this.vocabulary = vocabulary;
    this.inputTable = inputTable;
    this.outputTable = outputTable;
    this.settings = settings;
    this.position = position;
    this.vectors = wordVectorsOf(vocabulary, inputTable, settings);
  }

  /** Whether all epochs are over; if not, `resumeWordVectors` goes on. */
  get isFinished(): boolean {
    return this.position.epoch === this.settings.epochs;
  }

  /**
   * The vector of any word, `[size]`: one that training did not see has the mean of its n-grams.
   *
   * @throws {RangeError} if it has none, too
   */
  vectorOf(word: string): Float32Array {
    const { settings, vocabulary, inputTable } = this;
    if (vocabulary.rowOf(word) !== undefined || !settings.subwords) return this.vectors.vectorOf(word);
    const buckets = subwordBuckets(new TextEncoder().encode(word), settings.subwords);
    if (buckets.length === 0) {
      throw new RangeError(`WordVectorModel: no vector of ${describeValue(word)}, which has no n-grams.`);
    }
    const rows = Uint32Array.from(buckets, (bucket) => vocabulary.words.length + bucket);
    return meanRows(inputTable, { starts: Uint32Array.of(0, rows.length), rows }, settings.size);
  }
}

/** The vectors of a vocabulary's words, out of their rows and those of their n-grams. */
export function wordVectorsOf(
  { words }: Vocabulary,
  inputTable: Float32Array,
  { size, subwords }: WordTrainingSettings,
): WordVectors {
  const table = subwords ? meanRows(inputTable, subwordRows(words, subwords), size) : inputTable;
  return new WordVectors(words, table, size);
}
