import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ExactIndex, WordVectors } from '../src/index.ts';
import { UsearchIndex } from '../src/node.ts';
import type { ProjectionEvent } from '../src/projection/projection-event.ts';
import { projectByTsne } from '../src/projection/tsne.ts';
import { projectByUmap } from '../src/projection/umap.ts';
import { createRandomSource, normalFrom } from '../src/random-source.ts';

const GROUPS = 4;
const normal = normalFrom(createRandomSource(8));
const centers = Array.from({ length: GROUPS }, () => Array.from({ length: 10 }, normal));
const vectors = new WordVectors(
  Array.from({ length: 160 }, (_, row) => `w${row}`),
  Float32Array.from(
    { length: 160 * 10 },
    (_, at) => centers[Math.floor(at / 10) % GROUPS]![at % 10]! + 0.2 * normal(),
  ),
  10,
);

const usearch = await UsearchIndex.build(vectors).catch((error: unknown) => error);

test.skipIf(!(usearch instanceof UsearchIndex))(
  'usearch finds the nearest, also after it was saved',
  async () => {
    const index = usearch as UsearchIndex;
    const folder = await mkdtemp(join(tmpdir(), 'wordloom-usearch-'));
    try {
      const path = join(folder, 'graph.usearch');
      index.save(path);
      const opened = await UsearchIndex.open(path, vectors);
      const viewed = await UsearchIndex.open(path, vectors, { view: true });
      const exact = new ExactIndex(vectors);
      for (const word of ['w0', 'w55', 'w131']) {
        const truth = exact.search(vectors.vectorOf(word), 5);
        for (const graph of [index, opened, viewed]) {
          const { rows, similarities } = graph.search(vectors.vectorOf(word), 5);
          expect(rows).toEqual(truth.rows);
          for (const [rank, cosine] of truth.similarities.entries())
            expect(similarities[rank]).toBeCloseTo(cosine, 3);
        }
      }
      const other = new WordVectors(['a'], new Float32Array(10), 10);
      await expect(UsearchIndex.open(path, other)).rejects.toThrow(
        'must hold 1 rows of 10 numbers, got 160 of 10',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

/** The part of words whose nearest word on the plane is of their group. */
function purity({ points }: ProjectionEvent): number {
  const distance = (a: number, b: number) =>
    (points[2 * a]! - points[2 * b]!) ** 2 + (points[2 * a + 1]! - points[2 * b + 1]!) ** 2;
  const rows = Array.from({ length: 160 }, (_, row) => row);
  const same = rows.filter((row) => {
    const others = rows.filter((other) => other !== row);
    const nearest = others.reduce((best, other) =>
      distance(row, other) < distance(row, best) ? other : best,
    );
    return nearest % GROUPS === row % GROUPS;
  });
  return same.length / rows.length;
}

test.each([
  ['UMAP', () => projectByUmap(vectors, { iterations: 60, seed: 5 })],
  ['t-SNE', () => projectByTsne(vectors, { iterations: 60, seed: 5 })],
])('%s keeps groups together, the same for the same seed', async (_, project) => {
  let last: ProjectionEvent | undefined;
  for await (const event of project()) last = event;
  expect(last).toMatchObject({ iteration: 60, iterations: 60 });
  expect(purity(last!)).toBeGreaterThan(0.9);
  let again: ProjectionEvent | undefined;
  for await (const event of project()) again = event;
  expect(again!.points).toEqual(last!.points);
});

test('projections of too few words are refused', async () => {
  const few = new WordVectors(['a', 'b'], Float32Array.of(1, 2, 3, 4), 2);
  await expect(projectByUmap(few).next()).rejects.toThrow('more words than the 15 neighbors, got 2');
  await expect(projectByTsne(few).next()).rejects.toThrow('more words than the perplexity 30, got 2');
  const options = { signal: AbortSignal.abort() };
  await expect(projectByUmap(vectors, options).next()).rejects.toThrow('abort');
});
