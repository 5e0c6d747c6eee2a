import { WordVectors } from '../vectors/word-vectors.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { CooccurrenceSettings } from './cooccurrences.ts';
import type { GloveSettings } from './glove-options.ts';

/** How far training has come. */
export interface GlovePosition {
  /** Epochs that are over. */
  readonly epoch: number;
  /** Blocks of the current epoch that are done. */
  readonly blocksOfEpoch: number;
  /** Pairs trained on in all epochs so far. */
  readonly pairs: number;
  /** Pairs to train on in all. */
  readonly totalPairs: number;
}

/** What a model is made of: rows of words, then rows of the same words as contexts. */
export interface GloveModelFields {
  readonly vocabulary: Vocabulary;
  /** `[2 × words, size]` */
  readonly table: Float32Array;
  /** `[2 × words]` */
  readonly biases: Float32Array;
  /** `[2 × words, size]`: sums of squared steps of AdaGrad, without the 1 that they begin with. */
  readonly squares: Float32Array;
  /** `[2 × words]` */
  readonly biasSquares: Float32Array;
  readonly settings: GloveSettings;
  /** How the cooccurrences were counted. */
  readonly counting: CooccurrenceSettings;
  readonly position: GlovePosition;
}

/** What GloVe's training gives: the vectors, and all that is needed to train on. */
export class GloveModel implements GloveModelFields {
  readonly vocabulary: Vocabulary;
  /** By the setting `vectors`. */
  readonly vectors: WordVectors;
  readonly table: Float32Array;
  readonly biases: Float32Array;
  readonly squares: Float32Array;
  readonly biasSquares: Float32Array;
  readonly settings: GloveSettings;
  readonly counting: CooccurrenceSettings;
  readonly position: GlovePosition;

  /** @param fields kept, not copied */
  constructor(fields: GloveModelFields) {
    this.vocabulary = fields.vocabulary;
    this.table = fields.table;
    this.biases = fields.biases;
    this.squares = fields.squares;
    this.biasSquares = fields.biasSquares;
    this.settings = fields.settings;
    this.counting = fields.counting;
    this.position = fields.position;
    this.vectors = gloveVectors(
      fields.vocabulary,
      fields.table,
      fields.settings.size,
      fields.settings.vectors,
    );
  }

  /** Whether all epochs are over; if not, `resumeGlove` goes on. */
  get isFinished(): boolean {
    return this.position.epoch === this.settings.epochs;
  }

  /** The vectors of words in another way than the setting `vectors` says. */
  vectorsAs(kind: GloveSettings['vectors']): WordVectors {
    return gloveVectors(this.vocabulary, this.table, this.settings.size, kind);
  }
}

/** @param table `[2 × words, size]` */
export function gloveVectors(
  { words }: Vocabulary,
  table: Float32Array,
  size: number,
  kind: GloveSettings['vectors'],
): WordVectors {
  const half = words.length * size;
  if (kind === 'word') return new WordVectors(words, table.slice(0, half), size);
  if (kind === 'sum') {
    const sums = Float32Array.from({ length: half }, (_, at) => table[at]! + table[half + at]!);
    return new WordVectors(words, sums, size);
  }
  const both = new Float32Array(2 * half);
  for (let row = 0; row < words.length; row++) {
    const [begin, end] = [row * size, (row + 1) * size];
    both.set(table.subarray(begin, end), 2 * begin);
    both.set(table.subarray(half + begin, half + end), 2 * begin + size);
  }
  return new WordVectors(words, both, 2 * size);
}
