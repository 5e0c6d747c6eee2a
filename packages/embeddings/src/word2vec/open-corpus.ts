import { countCorpus, encodeBlocks, renumberBlocks } from '../vocabulary/count-corpus.ts';
import type { Sentences } from '../vocabulary/sentences.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { BlockSource } from './run-training.ts';
import type { TrainingRun } from './word-training-options.ts';
import type { TrainingPosition } from './word-vector-model.ts';

/** A corpus whose words have rows. */
export interface OpenCorpus {
  readonly vocabulary: Vocabulary;
  readonly source: BlockSource;
  readonly sentences: number;
  /** Words that are in the vocabulary. */
  readonly words: number;
}

/** A corpus in rows, kept in memory if it fits. */
export async function openCorpus(
  corpus: Sentences,
  caller: string,
  { maxCachedWords = 2 ** 28, signal }: TrainingRun,
  choose: (
    words: readonly string[],
    counts: readonly number[],
  ) => { vocabulary: Vocabulary; rows: Int32Array },
): Promise<OpenCorpus> {
  const { sentences, words, counts, blocks } = await countCorpus(corpus, {
    maxIds: maxCachedWords,
    caller,
    signal,
  });
  const { vocabulary, rows } = choose(words, counts);
  const cached = blocks && [...renumberBlocks(blocks, rows)];
  const known = counts.reduce((sum, count, index) => (rows[index]! >= 0 ? sum + count : sum), 0);
  return {
    vocabulary,
    sentences,
    words: known,
    source: () =>
      cached ?? encodeBlocks(corpus, (word) => vocabulary.rowOf(word), { caller, signal: undefined }),
  };
}

/** Of training that is to read so many words in all. */
export function startOf(totalWords: number): TrainingPosition {
  return { epoch: 0, blocksOfEpoch: 0, blocks: 0, words: 0, totalWords };
}
