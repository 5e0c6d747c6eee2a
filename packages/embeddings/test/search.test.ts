import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cosineSimilarity, ExactIndex, WordVectors } from '../src/index.ts';
import { createRandomSource, normalFrom } from '../src/random-source.ts';

function randomVectors(count: number, size: number, seed: number): WordVectors {
  const normal = normalFrom(createRandomSource(seed));
  return new WordVectors(
    Array.from({ length: count }, (_, row) => `w${row}`),
    Float32Array.from({ length: count * size }, normal),
    size,
  );
}

/** By the definition. */
function nearest(vectors: WordVectors, query: ArrayLike<number>, count: number) {
  return vectors.words
    .map((word, row) => ({ row, similarity: cosineSimilarity(vectors.vectorOf(word), query) }))
    .sort((a, b) => b.similarity - a.similarity || a.row - b.row)
    .slice(0, count);
}

const recall = (found: ArrayLike<number>, truth: readonly { row: number }[]) =>
  truth.filter(({ row }) => Array.from(found).includes(row)).length / truth.length;

test('the exact index finds what comparing all finds, at any size, for one query and for many', () => {
  const count = fc.integer({ min: 1, max: 3000 });
  fc.assert(
    fc.property(
      count,
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 30 }),
      (rows, size, wanted) => {
        const vectors = randomVectors(rows, size, rows * size);
        const index = new ExactIndex(vectors);
        const queries = Array.from(randomVectors(3, size, 9).words, (_, at) =>
          randomVectors(3, size, 9).vectorOf(`w${at}`),
        );
        const all = index.searchAll(queries, wanted);
        for (const [at, query] of queries.entries()) {
          const truth = nearest(vectors, query, wanted);
          expect(Array.from(all[at]!.rows)).toEqual(truth.map(({ row }) => row));
          for (const [rank, { similarity }] of truth.entries()) {
            expect(all[at]!.similarities[rank]).toBeCloseTo(similarity, 6);
          }
          expect(index.search(query, wanted)).toEqual(all[at]);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('rows that are alike, zero, or differ in one huge number are told apart exactly', () => {
  const size = 5;
  const table = new Float32Array(12_000 * size);
  for (let row = 0; row < 12_000; row++)
    table.set([1, 1, 1, 1, 1 + (row % 7 === 0 ? row * 1e-6 : 0)], row * size);
  table.fill(0, 40 * size, 60 * size);
  table.set([1e30, 1, 2, 3, 4], 11_999 * size);
  const vectors = new WordVectors(
    Array.from({ length: 12_000 }, (_, row) => `${row}`),
    table,
    size,
  );
  const index = new ExactIndex(vectors);
  for (const query of [
    [1, 1, 1, 1, 1],
    [0, 0, 0, 0, 1],
    [1, 0, 0, 0, 0],
    [-1, -1, -1, -1, -1],
  ]) {
    const truth = nearest(vectors, Float32Array.from(query), 5);
    expect(Array.from(index.search(query, 5).rows)).toEqual(truth.map(({ row }) => row));
  }
});

test.each(['float16', 'int8'] as const)(
  'rows of %s find nearly the same, with rounded similarities',
  (precision) => {
    const vectors = randomVectors(5000, 50, 3);
    const index = new ExactIndex(vectors, { precision });
    let found = 0;
    for (let row = 0; row < 50; row++) {
      const { rows, similarities } = index.search(vectors.vectorOf(`w${row}`), 10);
      found += recall(rows, nearest(vectors, vectors.vectorOf(`w${row}`), 10));
      expect(rows[0]).toBe(row);
      expect(similarities[0]).toBeCloseTo(1, 2);
    }
    expect(found / 50).toBeGreaterThan(0.95);
    const [one] = index.searchAll([vectors.vectorOf('w7')], 5, { limit: 100 });
    const truth = index.similarities(vectors.vectorOf('w7'), { limit: 100 });
    expect(Math.max(...one!.rows)).toBeLessThan(100);
    expect(one!.similarities[1]).toBe(truth.toSorted().at(-2));
  },
);

test('a query that cannot be is refused', () => {
  const index = new ExactIndex(randomVectors(4, 3, 1));
  expect(() => index.search([1, 2], 1)).toThrow('a query must have 3 numbers, got 2');
  expect(() => index.search([1, 2, Number.NaN], 1)).toThrow('finite numbers, got NaN at 2');
  expect(() => index.search([1, 2, 3], 0)).toThrow('count must be an integer of at least 1, got 0');
  expect(index.search([1, 2, 3], 100).rows).toHaveLength(4);
  expect(() => index.search([1, 2, 3], 1, { limit: Number.NaN })).toThrow(
    'limit must be an integer of at least 0',
  );
  const none = new ExactIndex(new WordVectors([], new Float32Array(0), 3));
  expect(none.search([1, 2, 3], 5).rows).toHaveLength(0);
  expect(index.search([0, 0, 0], 2)).toEqual({
    rows: Int32Array.of(0, 1),
    similarities: new Float32Array(2),
  });
});

test('the committed kernels are what the sources give', { timeout: 60_000 }, () => {
  const script = fileURLToPath(new URL('../assembly/build.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
