import { tensorData } from '@wordloom/compile';
import { expect, test } from 'vitest';
import type { BatchSource } from './batch.ts';
import { type Collator, exampleBatches } from './dataset.ts';
import { mixSources } from './mix-sources.ts';
import { shuffledWindows } from './shuffled-windows.ts';
import { tokenArray } from './token-source.ts';

const letters = Array.from({ length: 10 }, (_, index) => index);
const collate: Collator<number> = (examples, random) => ({
  inputs: tensorData(Int32Array.from(examples), [examples.length]),
  draws: tensorData(Int32Array.of(random.integer(1000)), [1]),
});

async function inputsOf(source: BatchSource, steps: number): Promise<number[]> {
  const batches = Array.from({ length: steps }, async (_, step) => (await source.batch(step)).inputs!.data);
  return (await Promise.all(batches)).flatMap((data) => [...data]);
}

test('every example comes once an epoch, in an order of its own, over the bounds of batches', async () => {
  const source = exampleBatches(letters, { batchSize: 4, collate, seed: 1 });
  const seen = await inputsOf(source, 5); // two epochs
  const epochs = [seen.slice(0, 10), seen.slice(10)];
  for (const epoch of epochs) expect(epoch.toSorted()).toEqual(letters);
  expect(epochs[0]).not.toEqual(epochs[1]);
  expect(source.position(3)).toEqual({ epoch: 1, index: 2 });
});

test('a batch is a function of seed and step, whatever was asked for before', async () => {
  const make = (seed: number) => exampleBatches(letters, { batchSize: 3, collate, seed });
  const source = make(1);
  await inputsOf(source, 9);
  expect(source.batch(7)).toEqual(make(1).batch(7));
  expect(make(2).batch(7)).not.toEqual(make(1).batch(7));
  const unshuffled = exampleBatches(letters, { batchSize: 4, collate, seed: 1, shuffle: false });
  expect(await inputsOf(unshuffled, 3)).toEqual([...letters, 0, 1]);
});

test('examples that must be waited for make batches that must be', async () => {
  const dataset = { length: 10, example: async (index: number) => letters[index]! };
  const options = { batchSize: 4, collate, seed: 1 };
  const batch = exampleBatches(dataset, options).batch(2);
  expect(batch).toBeInstanceOf(Promise);
  expect(await batch).toEqual(exampleBatches(letters, options).batch(2));
  expect(() => exampleBatches([], options)).toThrow('data.length must be a positive integer, got 0');
});

test('shuffled windows are each window once an epoch; over epochs every token comes up', async () => {
  const tokens: Int32Array = Int32Array.from({ length: 24 }, (_, index) => index); // 5 windows of 4, three to spare
  const source = shuffledWindows(tokens, { batchSize: 5, contextLength: 4, seed: 3 });
  const seen = new Set<number>();
  const offsets = new Set<number>();
  for (let epoch = 0; epoch < 30; epoch++) {
    const { inputs, targets } = source.batch(epoch);
    const starts = [0, 4, 8, 12, 16].map((row) => inputs!.data[row]!);
    const offset = Math.min(...starts);
    offsets.add(offset);
    expect(starts.toSorted((a, b) => a - b)).toEqual([0, 4, 8, 12, 16].map((start) => start + offset));
    expect(targets!.data).toEqual(inputs!.data.map((token) => token + 1));
    for (const token of targets!.data) seen.add(token);
    expect(source.position(epoch)).toEqual({ epoch, index: 0 });
  }
  expect([...offsets].toSorted()).toEqual([0, 1, 2, 3]);
  expect(seen.size).toBe(23);
  const read = shuffledWindows(tokenArray(tokens), { batchSize: 5, contextLength: 4, seed: 3 });
  expect(await read.batch(7)).toEqual(source.batch(7));
});

test('a mixture gives each source its share of every thousand steps, and each of its batches once', async () => {
  const numbered = (name: number): BatchSource => ({
    tokensPerBatch: 5,
    batch: (step) => ({ inputs: tensorData(Int32Array.of(name, step), [2]) }),
  });
  const parts = [
    { source: numbered(0), weight: 5 },
    { source: numbered(1), weight: 3 },
    { source: numbered(2), weight: 2 / 3 },
  ];
  const mixture = mixSources(parts, { seed: 4 });
  expect(mixture.tokensPerBatch).toBe(5);
  const seen = [new Set<number>(), new Set<number>(), new Set<number>()];
  const order: number[] = [];
  const inputs = await inputsOf(mixture, 2000);
  for (let index = 0; index < inputs.length; index += 2) {
    seen[inputs[index]!]!.add(inputs[index + 1]!);
    order.push(inputs[index]!);
  }
  expect(seen.map(({ size }) => size)).toEqual([1154, 692, 154]); // 2000 · weight / 8.667, to the thousandth
  for (const steps of seen) expect(Math.max(...steps)).toBe(steps.size - 1);
  expect(new Set(order.slice(0, 12)).size).toBeGreaterThan(1);
  expect(mixSources(parts, { seed: 4 }).batch(777)).toEqual(mixture.batch(777));
});

test('a mixture of nothing, or of weights that cannot be kept, is refused', () => {
  const source: BatchSource = { batch: () => ({}) };
  expect(() => mixSources([], { seed: 0 })).toThrow('sources must be at least one');
  for (const weight of [0, -1, Number.NaN, 1e-4, Infinity]) {
    const parts = [
      { source, weight: 1 },
      { source, weight },
    ];
    expect(() => mixSources(parts, { seed: 0 })).toThrow('mixSources: ');
  }
});
