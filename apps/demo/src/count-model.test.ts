import { expect, test } from 'vitest';
import { countModelLoss, fitCountModel } from './count-model.ts';

/** The formula of the doc comment, by scanning the text for every question asked. */
function probabilityByScanning(
  tokens: number[],
  vocabSize: number,
  context: number[],
  token: number,
): number {
  const shorter =
    context.length === 0 ? 1 / vocabSize : probabilityByScanning(tokens, vocabSize, context.slice(1), token);
  const followers = tokens.filter(
    (_, position) =>
      position >= context.length && context.every((c, i) => tokens[position - context.length + i] === c),
  );
  if (followers.length === 0) return shorter;
  const different = new Set(followers).size;
  const seen = followers.filter((follower) => follower === token).length;
  return (seen + different * shorter) / (followers.length + different);
}

/** A repeatable text with some structure: products modulo a prime, folded into the vocabulary. */
function exampleText(length: number, vocabSize: number): number[] {
  return Array.from({ length }, (_, index) => ((index * index * 7 + index * 3) % 31) % vocabSize);
}

test('a text of two letters gives the probabilities worked out by hand', () => {
  const model = fitCountModel([0, 1, 0, 1, 0], { order: 2, vocabSize: 2 });
  // P(0) = (3 + 2 · 1/2) / (5 + 2) = 4/7; after 1 came 0 twice, one different: P(0 | 1) = (2 + 1 · 4/7) / (2 + 1) = 6/7.
  expect(model.probability([], 0)).toBeCloseTo(4 / 7, 12);
  expect(model.probability([1], 0)).toBeCloseTo(6 / 7, 12);
  expect(model.probability([1], 1)).toBeCloseTo(1 / 7, 12);
});

test('every context gives probabilities that sum to one and equal those found by scanning the text', () => {
  const vocabSize = 6;
  const tokens = exampleText(200, vocabSize - 1); // token 5 never occurs
  const model = fitCountModel(tokens, { order: 4, vocabSize });
  const contexts = [
    [],
    [0],
    [5],
    [3, 5],
    [5, 0, 1],
    ...Array.from({ length: 40 }, (_, i) => tokens.slice(i, i + 1 + (i % 3))),
  ];
  for (const context of contexts) {
    const probabilities = Array.from({ length: vocabSize }, (_, token) => model.probability(context, token));
    expect(probabilities.reduce((sum, probability) => sum + probability)).toBeCloseTo(1, 12);
    probabilities.forEach((probability, token) => {
      expect(probability).toBeCloseTo(probabilityByScanning(tokens, vocabSize, context, token), 12);
    });
  }
});

test('only the last tokens of a long context count, and the trie outgrows its first tables without losing counts', () => {
  const vocabSize = 500;
  const tokens = Array.from({ length: 9000 }, (_, index) => (index * index + 3 * index) % 499);
  const model = fitCountModel(tokens, { order: 3, vocabSize });
  const context = tokens.slice(100, 120);
  const expected = probabilityByScanning(tokens, vocabSize, context.slice(-2), tokens[120]!);
  expect(model.probability(context, tokens[120]!)).toBeCloseTo(expected, 12);
});

test('the loss is the mean surprise per token, and a shorter order asks the same counts less', () => {
  const tokens = exampleText(300, 5);
  const heldOut = Int32Array.from(exampleText(20, 5));
  const model = fitCountModel(tokens, { order: 3, vocabSize: 5 });
  let nats = 0;
  for (let i = 1; i < heldOut.length; i++)
    nats -= Math.log(model.probability(heldOut.subarray(Math.max(0, i - 2), i), heldOut[i]!));
  expect(countModelLoss(model, heldOut)).toBeCloseTo(nats / 19, 12);
  const bigram = fitCountModel(tokens, { order: 2, vocabSize: 5 });
  expect(countModelLoss(model, heldOut, { order: 2 })).toBeCloseTo(countModelLoss(bigram, heldOut), 12);
});

test('an order below one is refused', () => {
  expect(() => fitCountModel([1], { order: 0, vocabSize: 2 })).toThrow(
    'fitCountModel: order must be a positive integer, got 0.',
  );
});
