import { tensorData } from '@wordloom/compile';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Batch } from './batch.ts';
import { bucketBatches } from './bucket-batches.ts';
import { bucketLengths } from './bucket-lengths.ts';
import { causalCollator } from './causal-collator.ts';
import type { Collator } from './dataset.ts';

/** All ways to choose at most `count` ends among the sizes, the largest always. */
function leastPadded(lengths: readonly number[], count: number): number {
  const sizes = [...new Set(lengths)].sort((a, b) => a - b);
  let least = Number.POSITIVE_INFINITY;
  for (let choice = 0; choice < 2 ** (sizes.length - 1); choice++) {
    const ends = sizes.filter((_, index) => index === sizes.length - 1 || choice & (1 << index));
    if (ends.length <= count) least = Math.min(least, paddedTo(lengths, ends));
  }
  return least;
}

const paddedTo = (lengths: readonly number[], buckets: readonly number[]): number =>
  lengths.reduce((sum, length) => sum + buckets.find((bucket) => bucket >= length)!, 0);

test('bucket lengths need the least padding of all that are possible', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 5 }), (lengths, count) => {
      const buckets = bucketLengths(lengths, { count, multipleOf: 1 });
      expect(buckets.length).toBeLessThanOrEqual(count);
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
      expect(paddedTo(lengths, buckets)).toBe(leastPadded(lengths, count));
    }),
    { numRuns: 200 },
  );
  expect(bucketLengths([3, 9, 10, 17], { count: 2 })).toEqual([16, 24]);
  expect(() => bucketLengths([3, 0], { count: 2 })).toThrow('must be positive integers, got 0 at 1');
  expect(() => bucketLengths([], { count: 2 })).toThrow('lengths.length must be a positive integer, got 0');
});

/** Its numbers are the batch. */
const numbers: Collator<{ readonly number: number; readonly length: number }> = (examples) => ({
  inputs: tensorData(
    Int32Array.from(examples, ({ number }) => number),
    [examples.length],
  ),
});
const inputsOf = (batch: Batch | Promise<Batch>) => [...(batch as Batch).inputs!.data];

test('every example comes once an epoch, in batches of one bucket within the budget', () => {
  const settings = fc.record({
    lengths: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 50 }),
    tokenBudget: fc.integer({ min: 20, max: 100 }),
    batchSize: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(settings, ({ lengths, tokenBudget, batchSize, seed }) => {
      const buckets = [4, 9, 20];
      const examples = lengths.map((length, number) => ({ number, length }));
      const make = () =>
        bucketBatches(examples, {
          lengths,
          buckets,
          tokenBudget,
          ...(batchSize && { batchSize }),
          collate: numbers,
          seed,
        });
      const source = make();
      const seen = lengths.map(() => 0);
      const shapes = new Set<string>();
      let step = 0;
      for (; step < 300 && source.position(step).epoch < 4; step++) {
        const batch = inputsOf(source.batch(step));
        const rows = new Set(batch.map((number) => buckets.find((size) => size >= lengths[number]!)!));
        expect(rows.size).toBe(1);
        const [size] = rows;
        shapes.add(`${batch.length} of ${size}`);
        expect(batch.length).toBe(Math.min(batchSize ?? Infinity, Math.floor(tokenBudget / size!)));
        for (const number of batch) seen[number]!++;
      }
      expect(shapes.size).toBeLessThanOrEqual(3);
      // After 4 epochs an example may be up to one batch behind, which may hold it several times if its bucket is small.
      for (const [number, times] of seen.entries()) {
        const size = buckets.find((size) => size >= lengths[number]!)!;
        const members = lengths.filter(
          (length) => buckets.find((bucket) => bucket >= length) === size,
        ).length;
        const rows = Math.min(batchSize ?? Infinity, Math.floor(tokenBudget / size));
        const dealt = Math.floor((4 * members) / rows) * rows;
        expect([Math.floor(dealt / members), Math.ceil(dealt / members)]).toContain(times);
      }
      const asked = Math.min(17, step);
      expect(make().batch(asked)).toEqual(source.batch(asked));
    }),
    { numRuns: 60 },
  );
});

test('where batches fill a bucket exactly, every epoch is a permutation of its own', () => {
  const examples = Array.from({ length: 24 }, (_, number) => ({ number, length: number < 12 ? 2 : 5 }));
  const lengths = examples.map(({ length }) => length);
  const source = bucketBatches(examples, {
    lengths,
    buckets: [2, 6],
    tokenBudget: 12,
    collate: numbers,
    seed: 4,
  });
  const epochs = [0, 1].map((epoch) =>
    Array.from({ length: 8 }, (_, index) => {
      expect(source.position(8 * epoch + index)).toEqual({ epoch, index });
      return inputsOf(source.batch(8 * epoch + index));
    }),
  );
  for (const epoch of epochs) {
    expect(epoch.flat().sort((a, b) => a - b)).toEqual(examples.map(({ number }) => number));
  }
  expect(epochs[0]).not.toEqual(epochs[1]);
  expect(epochs[0]!.map(({ length }) => length)).not.toEqual([6, 6, 2, 2, 2, 2, 2, 2]);
  const ordered = bucketBatches(examples, {
    lengths,
    buckets: [2, 6],
    tokenBudget: 12,
    collate: numbers,
    seed: 4,
    shuffle: false,
  });
  expect([0, 1, 2].flatMap((step) => inputsOf(ordered.batch(step)))).toEqual(
    Array.from({ length: 14 }, (_, number) => number),
  );
});

test('the collator pads a batch to its bucket, and there are as many shapes as buckets', async () => {
  const sentences = Array.from({ length: 60 }, (_, index) =>
    Array.from({ length: 2 + ((index * 7) % 30) }, () => 1),
  );
  const lengths = sentences.map(({ length }) => length - 1);
  const buckets = bucketLengths(lengths, { count: 3, multipleOf: 4 });
  const collate = causalCollator({ padId: 0, buckets });
  const source = bucketBatches(sentences, { lengths, buckets, tokenBudget: 64, collate, seed: 0 });
  const shapes = new Set<string>();
  for (let step = 0; step < 60; step++) {
    const { shape } = (await source.batch(step)).inputs!;
    expect(shape[0]! * shape[1]!).toBeLessThanOrEqual(64);
    shapes.add(`${shape}`);
  }
  expect([...shapes].sort()).toEqual(buckets.map((size) => `${Math.floor(64 / size)},${size}`).sort());
});

test('examples and bounds that do not fit are refused by name', () => {
  const make = (options: object) => () =>
    bucketBatches([{ number: 0, length: 5 }], {
      lengths: [5],
      buckets: [8],
      tokenBudget: 8,
      collate: numbers,
      seed: 0,
      ...options,
    });
  expect(make({ lengths: [9] })).toThrow('must be at most 8, the last bucket, got 9 for example 0');
  expect(make({ lengths: [1, 2] })).toThrow('lengths must be one for each of 1 examples, got 2');
  expect(make({ tokenBudget: 7 })).toThrow('tokenBudget must be at least the last bucket (8), got 7');
  expect(make({ tokenBudget: undefined })).toThrow('tokenBudget or batchSize must be given, got neither');
  expect(make({ batchSize: 0 })).toThrow('batchSize must be a positive integer, got 0');
  expect(make({ buckets: [8, 4] })).toThrow('buckets must be ascending positive integers, got [8,4]');
});
