import { expect, test } from 'vitest';
import { countingLosses } from './counting-losses.ts';

test('the loss is the mean surprise per token, worked out by hand', () => {
  // The text 0 1 0 1 0; five words can be predicted: two tokens, <unk>, </s>, and nothing else counts.
  const [pairs] = countingLosses(Int32Array.of(0, 1, 0, 1, 0), Int32Array.of(1, 0, 1), {
    vocabSize: 2,
    longest: 2,
  });
  const zero = (3 + 2 / 4) / (5 + 2);
  const one = (2 + 2 / 4) / (5 + 2);
  const zeroAfterOne = (2 + zero) / (2 + 1);
  const oneAfterZero = (2 + one) / (2 + 1);
  expect(pairs).toEqual({
    order: 2,
    loss: expect.closeTo(-(Math.log(zeroAfterOne) + Math.log(oneAfterZero)) / 2, 6),
  });
});

test('longer n-grams see more, until they have seen too little', () => {
  const text = Int32Array.from({ length: 3000 }, (_, index) => [0, 1, 2, 0, 1, 3][index % 6]!);
  const losses = countingLosses(text, text.subarray(0, 60), { vocabSize: 4, longest: 4 });
  expect(losses.map(({ order }) => order)).toEqual([2, 3, 4]);
  expect(losses[0]!.loss).toBeGreaterThan(losses[2]!.loss);
  expect(losses[2]!.loss).toBeLessThan(0.05);
});
