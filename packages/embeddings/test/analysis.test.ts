import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  alignVectors,
  cosineSimilarity,
  ExactIndex,
  InvertedIndex,
  kMeans,
  meanVector,
  mostSimilar,
  ProductIndex,
  principalComponents,
  SentenceEmbedder,
  singularValues,
  unitTable,
  type VectorIndex,
  WordVectors,
} from '../src/index.ts';
import { createRandomSource, normalFrom } from '../src/random-source.ts';

const normal = normalFrom(createRandomSource(21));
const draw = (count: number, scale = 1) => Float32Array.from({ length: count }, () => scale * normal());
const named = (table: Float32Array, size: number) =>
  new WordVectors(
    Array.from({ length: table.length / size }, (_, row) => `w${row}`),
    table,
    size,
  );

/** Rows around centers, as words lie. */
function clustered(clusters: number, rows: number, size: number): WordVectors {
  const centers = draw(clusters * size);
  const table = draw(rows * size, 0.7);
  for (let at = 0; at < table.length; at++) {
    table[at]! += centers[(Math.floor(at / size) % clusters) * size + (at % size)]!;
  }
  return named(table, size);
}

test('singular values multiply to the matrix, between orthogonal columns', () => {
  const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 24, maxLength: 24 });
  fc.assert(
    fc.property(numbers, fc.constantFrom(2, 3, 4), (matrix, columns) => {
      const rows = 24 / columns;
      const { u, values, v } = singularValues(matrix, rows, columns);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let at = 0; at < columns; at++)
            sum += u[row * columns + at]! * values[at]! * v[column * columns + at]!;
          expect(sum).toBeCloseTo(matrix[row * columns + column]!, 10);
        }
      }
      for (let p = 0; p < columns; p++) {
        expect(values[p]!).toBeGreaterThanOrEqual(values[p + 1] ?? 0);
        for (let q = 0; q < columns; q++) {
          let product = 0;
          for (let at = 0; at < columns; at++) product += v[at * columns + p]! * v[at * columns + q]!;
          expect(product).toBeCloseTo(p === q ? 1 : 0, 10);
        }
      }
    }),
  );
  expect(() => singularValues([1, 2], 1, 2)).toThrow('as many rows as columns');
});

test('an alignment finds the rotation between two spaces, also from fewer pairs than dimensions', () => {
  const size = 12;
  const source = named(draw(200 * size), size);
  const { v: rotation } = singularValues(draw(size * size), size, size);
  const turned = new Float32Array(source.table.length);
  for (let at = 0; at < turned.length; at++) {
    for (let row = 0; row < size; row++) {
      turned[at]! += source.table[at - (at % size) + row]! * rotation[row * size + (at % size)]!;
    }
  }
  const target = named(turned, size);
  const pairs = source.words.map((word) => [word, word] as const);
  const aligned = alignVectors(source, target, [...pairs.slice(0, 40), ['unknown', 'w0']]);
  expect(aligned.pairs).toBe(40);
  const result = aligned.apply(source);
  for (let at = 0; at < turned.length; at++) expect(result.table[at]).toBeCloseTo(turned[at]!, 5);
  expect(mostSimilar(target, [result.vectorOf('w150')], { count: 1 })[0]!.word).toBe('w150');

  const few = alignVectors(source, target, pairs.slice(0, 5));
  for (let p = 0; p < size; p++) {
    for (let q = 0; q < size; q++) {
      let product = 0;
      for (let at = 0; at < size; at++)
        product += few.rotation[at * size + p]! * few.rotation[at * size + q]!;
      expect(product).toBeCloseTo(p === q ? 1 : 0, 9);
    }
  }
  expect(cosineSimilarity(few.apply(source).vectorOf('w3'), target.vectorOf('w3'))).toBeCloseTo(1, 5);
  expect(() => alignVectors(source, target, [])).toThrow('got none');
});

test('principal components are the axes of a stretched cloud, and their shares sum to one', () => {
  const table = draw(4000 * 3);
  for (let row = 0; row < 4000; row++) {
    const [x, y, z] = [5 * table[3 * row]!, table[3 * row + 1]!, 0.1 * table[3 * row + 2]!];
    table.set([(x - y) * Math.SQRT1_2 + 7, (x + y) * Math.SQRT1_2, z], 3 * row);
  }
  const { components, variances, shares, mean, project } = principalComponents(table, 3, 3);
  expect(mean[0]).toBeCloseTo(7, 0);
  expect(Math.abs(components[0]!)).toBeCloseTo(Math.SQRT1_2, 1);
  expect(variances[0]! / 25).toBeCloseTo(1, 1);
  expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
  const points = project(table);
  const first = points.filter((_, at) => at % 3 === 0);
  expect(first.reduce((sum, x) => sum + x * x, 0) / 3999).toBeCloseTo(variances[0]!, 3);
  expect(() => principalComponents([1, 2], 2, 1)).toThrow('two rows of 2 at least');
});

test('clusters that lie apart are found, and each row is in the cluster of its nearest center', async () => {
  const size = 5;
  const vectors = clustered(6, 600, size);
  for (let at = 0; at < vectors.table.length; at++)
    vectors.table[at]! += 20 * ((Math.floor(at / size) % 6) + 1);
  const { centers, clusters, meanSquaredDistance } = await kMeans(vectors.table, size, {
    clusters: 6,
    seed: 2,
  });
  for (let row = 0; row < 600; row++) expect(clusters[row]).toBe(clusters[row % 6]);
  expect(new Set(clusters).size).toBe(6);
  let sum = 0;
  for (let row = 0; row < 600; row++) {
    const distances = Array.from({ length: 6 }, (_, center) => {
      let squares = 0;
      for (let at = 0; at < size; at++)
        squares += (vectors.table[row * size + at]! - centers[center * size + at]!) ** 2;
      return squares;
    });
    sum += Math.min(...distances);
    expect(distances.indexOf(Math.min(...distances))).toBe(clusters[row]);
  }
  expect(meanSquaredDistance / (sum / 600)).toBeCloseTo(1, 2);
  expect((await kMeans(vectors.table, size, { clusters: 6, seed: 2 })).centers).toEqual(centers);
  await expect(kMeans(vectors.table, size, { clusters: 601 })).rejects.toThrow(
    'from 1 to the 600 rows, got 601',
  );
  await expect(kMeans(vectors.table, size, { clusters: 6, signal: AbortSignal.abort() })).rejects.toThrow(
    'abort',
  );
  const same = await kMeans(new Float32Array(20).fill(3), 2, { clusters: 4 });
  expect(same.meanSquaredDistance).toBe(0);
});

test('product and inverted indexes find nearly all of the nearest', async () => {
  const vectors = clustered(40, 1500, 24);
  const queries = Array.from({ length: 60 }, (_, at) => vectors.vectorOf(`w${at * 23}`));
  const truth = new ExactIndex(vectors).searchAll(queries, 10);
  const recall = (index: VectorIndex) => {
    const found = index.searchAll(queries, 10);
    return (
      found.reduce(
        (sum, { rows }, at) => sum + truth[at]!.rows.filter((row) => rows.includes(row)).length,
        0,
      ) / 600
    );
  };
  const product = await ProductIndex.build(vectors);
  expect(recall(product)).toBeGreaterThan(0.95);
  expect(recall(await ProductIndex.build(vectors, { candidates: 1 }))).toBeGreaterThan(0.5);
  expect(recall(await InvertedIndex.build(vectors, { probes: 12 }))).toBeGreaterThan(0.95);
  expect(recall(await InvertedIndex.build(vectors, { probes: 39 }))).toBe(1);
  expect(product.search(queries[3]!, 1)).toMatchObject({ rows: Int32Array.of(69) });
  expect(product.byteLength).toBeLessThan(vectors.table.byteLength / 1.5);
  const tiny = named(draw(3 * 5), 5);
  expect((await ProductIndex.build(tiny)).search(tiny.vectorOf('w1'), 9).rows[0]).toBe(1);
  expect((await InvertedIndex.build(tiny)).search(tiny.vectorOf('w1'), 1).rows[0]).toBe(1);
});

test('sentence vectors weigh frequent words less, and lack the direction that all share', () => {
  const size = 8;
  const vectors = named(draw(50 * size), size);
  for (let at = 0; at < vectors.table.length; at += size) vectors.table[at]! += 6;
  const sentences = Array.from({ length: 80 }, (_, at) => [`w${at % 50}`, `w${(at * 7) % 50}`, 'the', 'w1']);
  const frequencyOf = (word: string) => (word === 'w1' ? 1000 : 1);
  const embedder = SentenceEmbedder.fit(vectors, sentences, { frequencyOf });
  const plain = SentenceEmbedder.fit(vectors, sentences, { frequencyOf, components: 0 });
  // By hand: a / (a + p(w)), with p of 1000 and 1 of 1049.
  const weightOf = (word: string) => 1e-3 / (1e-3 + frequencyOf(word) / 1049);
  expect(plain.embed(['w1', 'w2'])).toEqual(meanVector(vectors, ['w1', 'w2'], { weightOf }));
  // The first singular vector, by power iteration.
  let direction = new Float64Array(size).fill(1);
  for (let round = 0; round < 200; round++) {
    const next = new Float64Array(size);
    for (const sentence of sentences) {
      const vector = plain.embed(sentence);
      const product = vector.reduce((sum, x, at) => sum + x * direction[at]!, 0);
      for (let at = 0; at < size; at++) next[at]! += product * vector[at]!;
    }
    const norm = Math.hypot(...next);
    direction = next.map((x) => x / norm);
  }
  expect(Math.abs(cosineSimilarity(direction, embedder.commonDirections))).toBeCloseTo(1, 8);
  expect(cosineSimilarity(embedder.embed(sentences[3]!), direction)).toBeCloseTo(0, 5);
  expect(Array.from(embedder.embed(['none']))).toEqual(new Array(size).fill(0));
  const nothing = { frequencyOf: () => 0 };
  expect(() => SentenceEmbedder.fit(vectors, [], nothing)).toThrow('more than 0 for some word');
});

test('all vectors of length one are made once', () => {
  const vectors = named(Float32Array.of(3, 4, 0, 0), 2);
  expect(unitTable(vectors)).toEqual(Float32Array.of(0.6, 0.8, 0, 0));
  expect(unitTable(vectors)).toBe(unitTable(vectors));
});
