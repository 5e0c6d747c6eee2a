import { UMAP } from 'umap-js';
import { createRandomSource } from '../random-source.ts';
import { exactIndexOf } from '../search/exact-index.ts';
import { unitTable } from '../vectors/unit-table.ts';
import type { WordVectors } from '../vectors/word-vectors.ts';
import { checkInteger, iterationEnd, type ProjectionEvent, unitRows } from './projection-event.ts';

export type { ProjectionEvent } from './projection-event.ts';

/** Options of {@link projectByUmap}. */
export interface UmapOptions {
  /** Default 2. */
  readonly dimensions?: number;
  /** Of each word, that count: more show the whole, fewer the detail. Default 15. */
  readonly neighbors?: number;
  /** How near points may come. Default 0.1. */
  readonly minimumDistance?: number;
  /** Default 200 for more than 10 000 words, else 500. */
  readonly iterations?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Draws words on a plane so that those near by cosine are near there, by the optional package `umap-js`. Neighbors are those of the exact index.
 *
 * @see McInnes et al. 2018
 * @example
 * for await (const { points } of projectByUmap(vectors)) draw(points);
 */
export async function* projectByUmap(
  vectors: WordVectors,
  options: UmapOptions = {},
): AsyncGenerator<ProjectionEvent, void, undefined> {
  const count = vectors.words.length;
  const { dimensions = 2, neighbors = 15, minimumDistance = 0.1, seed = 0, signal } = options;
  const { iterations = count > 10_000 ? 200 : 500 } = options;
  checkInteger('projectByUmap', 'dimensions', dimensions, 1);
  checkInteger('projectByUmap', 'neighbors', neighbors, 2);
  checkInteger('projectByUmap', 'iterations', iterations, 1);
  if (count <= neighbors) {
    throw new RangeError(
      `projectByUmap: there must be more words than the ${neighbors} neighbors, got ${count}.`,
    );
  }
  const rows = unitRows(vectors, unitTable(vectors));
  const umap = new UMAP({
    nComponents: dimensions,
    nNeighbors: neighbors,
    minDist: minimumDistance,
    nEpochs: iterations,
    random: createRandomSource(seed),
  });
  const found = exactIndexOf(vectors).searchAll(rows, neighbors);
  // Of unit vectors the squared distance is 2 − 2 cos.
  umap.setPrecomputedKNN(
    found.map((near) => Array.from(near.rows)),
    found.map(({ similarities }) =>
      Array.from(similarities, (cosine) => Math.sqrt(Math.max(0, 2 - 2 * cosine))),
    ),
  );
  umap.initializeFit(rows);
  for (let iteration = 1; iteration <= iterations; iteration++) {
    signal?.throwIfAborted();
    umap.step();
    yield iterationEnd(iteration, iterations, umap.getEmbedding());
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
