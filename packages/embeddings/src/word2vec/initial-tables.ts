import { createRandomSource } from '../random-source.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { WordTrainingSettings } from './word-training-options.ts';

/** Rows of outputs: words, or inner nodes of their tree. */
export function outputRows(vocabulary: Vocabulary, { loss }: Pick<WordTrainingSettings, 'loss'>): number {
  return vocabulary.words.length - (loss === 'negative-sampling' ? 0 : 1);
}

/** Fills a table from a place on with numbers of ±1/(2 size), with n-grams ±1/size, as word2vec.c and fastText do. */
export function drawVectors(
  table: Float32Array<ArrayBuffer>,
  from: number,
  { size, seed, subwords }: Pick<WordTrainingSettings, 'size' | 'seed' | 'subwords'>,
): Float32Array<ArrayBuffer> {
  const draw = createRandomSource(Math.floor(seed / 2 ** 32) ^ seed ^ Math.imul(from / size, 0x9e3779b1));
  const width = (subwords ? 2 : 1) / size;
  for (let index = from; index < table.length; index++) table[index] = (draw() - 0.5) * width;
  return table;
}
