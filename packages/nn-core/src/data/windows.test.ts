import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomWindows } from './random-windows.ts';
import { sequentialWindows } from './sequential-windows.ts';

const tokens = Int32Array.from({ length: 10 }, (_, index) => index);

test('random windows are runs of the text with targets one token ahead, and every place comes up', () => {
  const source = randomWindows(tokens, { batchSize: 2, contextLength: 4, seed: 1 });
  expect(source.tokensPerBatch).toBe(8);
  const starts = new Set<number>();
  for (let step = 0; step < 50; step++) {
    const { inputs, targets } = source.batch(step);
    expect([inputs!.shape, targets!.shape]).toEqual([
      [2, 4],
      [2, 4],
    ]);
    for (let row = 0; row < 8; row += 4) {
      const start = inputs!.data[row]!;
      starts.add(start);
      expect(inputs!.data.slice(row, row + 4)).toEqual(tokens.slice(start, start + 4));
      expect(targets!.data.slice(row, row + 4)).toEqual(tokens.slice(start + 1, start + 5));
    }
  }
  expect([...starts].sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test('random windows depend on seed and step alone', () => {
  const options = { batchSize: 4, contextLength: 2 };
  const [first, second] = [1, 1].map((seed) => randomWindows(tokens, { ...options, seed }));
  first!.batch(0);
  expect(first!.batch(7)).toEqual(second!.batch(7));
  expect(first!.batch(8)).not.toEqual(second!.batch(7));
  expect(randomWindows(tokens, { ...options, seed: 2 }).batch(7)).not.toEqual(second!.batch(7));
});

test('a text without room for a window and its next token is refused', () => {
  const options = { batchSize: 1, contextLength: 10, seed: 0 };
  expect(() => randomWindows(tokens, options)).toThrow(
    'randomWindows: tokens must be longer than contextLength (10), got 10. Use a longer text or a smaller contextLength.',
  );
  expect(randomWindows(tokens, { ...options, contextLength: 9 }).batch(0).inputs!.data).toEqual(
    tokens.slice(0, 9),
  );
  expect(() => randomWindows(tokens, { ...options, batchSize: 0 })).toThrow(
    'batchSize must be a positive integer',
  );
  expect(() => sequentialWindows(tokens.slice(0, 1), options)).toThrow('tokens must be at least 2, got 1');
});

test('sequential windows give every token but the first as a target once, in order', () => {
  const sizes = fc.integer({ min: 1, max: 7 });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), sizes, sizes, (length, batchSize, contextLength) => {
      const text = Int32Array.from({ length }, (_, index) => index * 3);
      const windows = sequentialWindows(text, { batchSize, contextLength });
      const batches = [...windows];
      expect(batches).toHaveLength(windows.count);
      expect(windows.tokenCount).toBe(length - 1);
      expect(batches.flatMap(({ inputs }) => [...inputs!.data])).toEqual([...text.slice(0, -1)]);
      expect(batches.flatMap(({ targets }) => [...targets!.data])).toEqual([...text.slice(1)]);
      for (const { inputs } of batches) expect(inputs!.shape[0]).toBeLessThanOrEqual(batchSize);
      expect([...windows]).toEqual(batches); // again from the start
    }),
  );
});
