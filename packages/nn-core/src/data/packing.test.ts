import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, tensorData, toTensors } from '@wordloom/compile';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MultiHeadAttention } from '../layers/multi-head-attention.ts';
import { segmentMask } from '../layers/segment-mask.ts';
import { RotaryEmbedding } from '../positions/rotary-embedding.ts';
import type { Batch } from './batch.ts';
import { bestFitDecreasing } from './best-fit.ts';
import { joinDocuments, withDocumentSegments } from './document-segments.ts';
import { packedBatches } from './packed-batches.ts';

test('every piece is packed once, no bin overflows, and each went into the fullest bin that had room', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 80 });
  fc.assert(
    fc.property(pieces, (lengths) => {
      const sorted = lengths.sort((a, b) => b - a);
      const { binOf, count } = bestFitDecreasing(sorted, 70);
      const rooms: number[] = [];
      for (const [piece, bin] of binOf.entries()) {
        const length = sorted[piece]!;
        const fitting = rooms.filter((room) => room >= length);
        if (fitting.length === 0) expect(bin).toBe(rooms.push(70) - 1);
        else expect(rooms[bin]).toBe(Math.min(...fitting));
        rooms[bin]! -= length;
      }
      expect(rooms).toHaveLength(count);
    }),
    { numRuns: 100 },
  );
  expect(bestFitDecreasing([6, 5, 4, 3, 2], 10)).toEqual({ binOf: Int32Array.of(0, 1, 0, 1, 1), count: 2 });
});

/** The examples of a batch, by its segments; tokens are the inputs and the last target. */
function segmentsOf({ inputs, targets, segments, positions }: Batch): number[][] {
  const [rows, length] = inputs!.shape as [number, number];
  const found: number[][] = [];
  for (let row = 0; row < rows; row++) {
    for (let place = row * length, previous = 0; place < (row + 1) * length; place++) {
      const segment = segments!.data[place]!;
      if (segment === 0) {
        expect([inputs!.data[place], targets!.data[place], positions!.data[place]]).toEqual([99, -100, 0]);
        continue;
      }
      if (segment !== previous) {
        expect([segment, positions!.data[place]]).toEqual([previous + 1, 0]);
        found.push([inputs!.data[place]!]);
      } else {
        expect(positions!.data[place]).toBe(positions!.data[place - 1]! + 1);
        expect(inputs!.data[place]).toBe(targets!.data[place - 1]);
      }
      found.at(-1)!.push(targets!.data[place]!);
      previous = segment;
    }
  }
  return found;
}

test('every token is a target once an epoch, whatever the lengths, and every epoch packs in another way', async () => {
  const examples = fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(examples, fc.nat(), async (lengths, seed) => {
      const data = lengths.map((length, number) =>
        Array.from({ length }, (_, index) => 100 * (number + 1) + index),
      );
      const source = packedBatches(data, { lengths, batchSize: 1, contextLength: 8, padId: 99, seed });
      for (const epoch of [0, 1]) {
        const found: number[][] = [];
        for (let index = 0; index < source.windowCount; index++) {
          const step = epoch * source.windowCount + index;
          expect(source.position(step)).toEqual({ epoch, index });
          found.push(...segmentsOf(await source.batch(step)));
        }
        expect(found.sort((a, b) => a[0]! - b[0]!)).toEqual(data);
      }
      const positions = lengths.reduce((sum, length) => sum + length - 1, 0);
      expect(source.density).toBeCloseTo(positions / (8 * source.windowCount), 12);
    }),
    { numRuns: 50 },
  );
  const data = Array.from({ length: 40 }, (_, index) => [index, index + 50, index + 100]);
  const options = { lengths: data.map(() => 3), batchSize: 2, contextLength: 8, padId: 99, seed: 1 };
  const source = packedBatches(data, options);
  expect(source.density).toBe(1);
  expect(await source.batch(3)).toEqual(await packedBatches(data, options).batch(3));
  const partners = async (epoch: number) => {
    const all: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { inputs } = await source.batch(5 * epoch + index);
      for (const row of [0, 8]) all.push([...inputs!.data.subarray(row, row + 8)].sort().join());
    }
    return new Set(all);
  };
  const [first, second] = [await partners(0), await partners(1)];
  expect([...first].filter((row) => second.has(row)).length).toBeLessThan(3);
});

test('longer examples are cut into windows if they may be, prompts stay ignored, and lengths must be true', async () => {
  const long = Array.from({ length: 12 }, (_, index) => index);
  const options = { lengths: [12, 3], batchSize: 3, contextLength: 5, padId: 99, seed: 0 };
  const answered = { tokens: [50, 51, 52], targetMask: [0, 0, 1] };
  const source = packedBatches([long, answered], { ...options, split: true });
  expect(source.windowCount).toBe(3);
  const batch = await source.batch(0);
  const targets = [...batch.targets!.data].filter((target) => target >= 0).sort((a, b) => a - b);
  expect(targets).toEqual([...long.slice(1), 52]);
  expect(() => packedBatches([long, answered], options)).toThrow(
    'lengths must be integers from 2 to 6, got 12 for example 0. Set split to cut longer ones.',
  );
  const wrong = packedBatches([[1, 2, 3]], { ...options, lengths: [4] });
  await expect(wrong.batch(0)).rejects.toThrow(
    'must be those of the examples, got 4 for 3 tokens of example 0',
  );
});

test('packed examples attend as if each stood alone, by segment mask and rotary positions', async () => {
  const random = new RandomStream(1);
  const table = tf.tensor2d(
    Float32Array.from({ length: 20 * 8 }, () => random.normal()),
    [20, 8],
  );
  const rotary = new RotaryEmbedding(4);
  const layer = new MultiHeadAttention(8, { headCount: 2, rotary, random });
  const examples = [
    [3, 5, 7, 9],
    [2, 4, 6],
    [11, 13, 15, 17, 19],
  ];
  const options = {
    lengths: examples.map(({ length }) => length),
    batchSize: 2,
    contextLength: 7,
    padId: 0,
    seed: 2,
  };
  const batch = await packedBatches(examples, options).batch(0);
  const { inputs, segments, positions } = toTensors(batch);
  const where = { mask: segmentMask(segments!), positions: { positions: positions! }, causal: true };
  const packed = layer.forward(tf.gather(table, inputs!), where).arraySync() as number[][][];
  let compared = 0;
  for (const tokens of examples) {
    const alone = layer.forward(tf.expandDims(tf.gather(table, tokens.slice(0, -1))), { causal: true });
    const [expected] = alone.arraySync() as number[][][];
    const begin = batch.inputs!.data.indexOf(tokens[0]!);
    for (const [offset, vector] of expected!.entries()) {
      const [row, column] = [Math.floor((begin + offset) / 7), (begin + offset) % 7];
      for (const [index, value] of vector.entries())
        expect(packed[row]![column]![index]).toBeCloseTo(value, 5);
      compared++;
    }
  }
  expect(compared).toBe(9);
  expect(() => segmentMask(tf.zeros([3]))).toThrow('segmentMask: segments must be [batch, time], got [3].');
});

test('joined documents are told apart by their separators, which stand at the end or at the start', async () => {
  const documents = [[1, 2], [3], [4, 5, 6]];
  const ended = joinDocuments(documents, { separatorId: 0 });
  const started = joinDocuments(documents, { separatorId: 0, place: 'start' });
  expect([ended, started]).toEqual([
    Int32Array.of(1, 2, 0, 3, 0, 4, 5, 6, 0),
    Int32Array.of(0, 1, 2, 0, 3, 0, 4, 5, 6),
  ]);
  const window = (tokens: Int32Array) => ({
    inputs: tensorData(tokens.slice(0, 8), [2, 4]),
    targets: tensorData(tokens.slice(1, 9), [2, 4]),
  });
  const plain = (tokens: Int32Array, place: 'end' | 'start') => {
    const source = withDocumentSegments({ batch: () => window(tokens) }, { separatorId: 0, place });
    const { targets, segments, positions } = source.batch(0) as Batch;
    return [targets, segments, positions].map((tensor) => [...tensor!.data]);
  };
  expect(plain(ended, 'end')).toEqual([
    [2, 0, -100, 0, -100, 5, 6, 0],
    [1, 1, 1, 2, 1, 2, 2, 2],
    [0, 1, 2, 0, 0, 0, 1, 2],
  ]);
  expect(plain(started, 'start')).toEqual([
    [1, 2, 0, 3, 0, 4, 5, 6],
    [1, 1, 1, 2, 1, 2, 2, 2],
    [0, 1, 2, 0, 0, 0, 1, 2],
  ]);
  const promised = withDocumentSegments({ batch: async () => window(ended) }, { separatorId: 0 });
  expect((await promised.batch(0)).segments!.data[3]).toBe(2);
  expect(() => withDocumentSegments({ batch: () => ({}) }, { separatorId: 0 }).batch(0)).toThrow(
    'inputs and targets must be [rows, length]',
  );
});
