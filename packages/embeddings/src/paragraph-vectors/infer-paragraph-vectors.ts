import { encodeBlocks } from '../vocabulary/count-corpus.ts';
import { countWords } from '../vocabulary/id-blocks.ts';
import type { Sentence } from '../vocabulary/sentences.ts';
import { drawVectors } from '../word2vec/initial-tables.ts';
import { TrainingMemory } from '../word2vec/training-memory.ts';
import { startThreads } from '../word2vec/training-threads.ts';
import { checkFor } from '../word2vec/word-training-options.ts';
import type { ParagraphVectorModel } from './paragraph-vector-model.ts';
import { paragraphPlan } from './train-paragraph-vectors.ts';

/** Options of {@link inferParagraphVectors}. What is left open is as the model was trained. */
export interface InferParagraphVectorsOptions {
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly minLearningRate?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Vectors of new documents: each is trained alone, while words and outputs stay as they are.
 *
 * The vector of a document depends on its words and the seed alone, not on the other documents. Words without a row are left out; a
 * document without any keeps the drawn vector that all documents start from.
 *
 * @returns `[documents, size]`
 * @see Le and Mikolov 2014, §2.3; gensim's infer_vector
 */
export async function inferParagraphVectors(
  model: ParagraphVectorModel,
  documents: readonly Sentence[],
  options: InferParagraphVectorsOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const caller = 'inferParagraphVectors';
  const { size, ...trained } = model.settings;
  const {
    epochs = trained.epochs,
    learningRate = trained.learningRate,
    minLearningRate = Math.min(trained.minLearningRate, learningRate),
    seed = trained.seed,
    signal,
  } = options;
  const check = checkFor(caller);
  check.integer('epochs', epochs, 1);
  check.integer('seed', seed, 0);
  check.number('minLearningRate', minLearningRate, 0);
  check.number('learningRate', learningRate, minLearningRate);
  const plan = {
    ...paragraphPlan(model, { caller, documentRows: 1, moves: false, threads: 1 }),
    batchGroups: 0,
  };
  const memory = new TrainingMemory(plan);
  memory.write('inputs', model.vectors.table);
  memory.write('outputs', model.outputTable);
  const thread = await startThreads(memory, { count: 1, inLockStep: false, seed, caller });
  const start = drawVectors(new Float32Array(size), 0, { size, seed, subwords: undefined });
  const vectors = new Float32Array(documents.length * size);
  for (const [index, document] of documents.entries()) {
    const blocks: Int32Array[] = [];
    const rowOf = (word: string): number | undefined => model.vocabulary.rowOf(word);
    for await (const block of encodeBlocks([document], rowOf, { caller, signal })) blocks.push(block);
    const total = epochs * blocks.reduce((sum, block) => sum + countWords(block), 0);
    const slope = (learningRate - minLearningRate) / Math.max(1, total);
    let words = 0;
    memory.write('documents', start);
    for (let number = 0; number < epochs * blocks.length; number++) {
      const ids = blocks[number % blocks.length]!;
      const rate = Math.max(minLearningRate, learningRate - slope * words);
      await thread.train({ ids, number, learningRate: rate, slope, minLearningRate }, () => {});
      words += countWords(ids);
    }
    vectors.set(memory.read('documents'), index * size);
  }
  thread.close();
  return vectors;
}

/** The vector of one new document, `[size]`: {@link inferParagraphVectors}. */
export async function inferParagraphVector(
  model: ParagraphVectorModel,
  document: Sentence,
  options: InferParagraphVectorsOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  return inferParagraphVectors(model, [document], options);
}
