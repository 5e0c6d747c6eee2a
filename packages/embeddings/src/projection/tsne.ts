import { TSNE } from '@keckelt/tsne';
import { createRandomSource, normalFrom } from '../random-source.ts';
import { unitTable } from '../vectors/unit-table.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { checkInteger, iterationEnd, type ProjectionEvent, unitRows } from './projection-event.ts';

export type { ProjectionEvent } from './projection-event.ts';

/** Options of {@link projectByTsne}. */
export interface TsneOptions {
  /** Default 2. */
  readonly dimensions?: number;
  /** About how many neighbors of each word count. Default 30. */
  readonly perplexity?: number;
  /** Default 10. */
  readonly learningRate?: number;
  /** Default 500. */
  readonly iterations?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Draws words on a plane so that those near by cosine are near there, by the optional package `@keckelt/tsne`. Exact: time and memory grow with the
 * square of the words; for more than some thousands take UMAP.
 *
 * @see van der Maaten and Hinton 2008
 */
export async function* projectByTsne(
  vectors: WordVectors,
  {
    dimensions = 2,
    perplexity = 30,
    learningRate = 10,
    iterations = 500,
    seed = 0,
    signal,
  }: TsneOptions = {},
): AsyncGenerator<ProjectionEvent, void, undefined> {
  checkInteger('projectByTsne', 'dimensions', dimensions, 1);
  checkInteger('projectByTsne', 'iterations', iterations, 1);
  if (vectors.words.length <= perplexity) {
    throw new RangeError(
      `projectByTsne: there must be more words than the perplexity ${perplexity}, got ${vectors.words.length}.`,
    );
  }
  const tsne = new TSNE({ dim: dimensions, perplexity, epsilon: learningRate });
  tsne.gaussRandom = normalFrom(createRandomSource(seed)); // its own draws have no seed
  tsne.initDataRaw(unitRows(vectors, unitTable(vectors)));
  for (let iteration = 1; iteration <= iterations; iteration++) {
    signal?.throwIfAborted();
    tsne.step();
    yield iterationEnd(iteration, iterations, tsne.getSolution() as number[][]);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
