import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ShapeError } from '@wordloom/compile';
import { expect, test } from 'vitest';
import { adagradStep } from './adagrad.ts';
import { adamStep } from './adamw.ts';
import { lionStep } from './lion.ts';
import { sumOfSquares } from './optimizer-kernel.ts';
import { rmspropStep } from './rmsprop.ts';
import { sgdStep } from './sgd.ts';

/** A repeatable spread of values over a range. */
const spread = (length: number, low: number, high: number, phase = 0): Float32Array =>
  Float32Array.from({ length }, (_, index) => low + (high - low) * ((phase + index * 0.618034) % 1));

test.each([1, 3, 4, 16_383, 16_384, 40_001])('adamStep gives the formula on %i elements', (length) => {
  const weights = spread(length, -1, 1);
  const gradient = spread(length, -2, 2, 0.3);
  const firstMoment = spread(length, -0.1, 0.1, 0.5);
  const secondMoment = spread(length, 0, 0.01, 0.7);
  const expected = Array.from(weights, (weight, index) => {
    const g = gradient[index]! * 0.5;
    const m = 0.9 * firstMoment[index]! + 0.1 * g;
    const v = 0.99 * secondMoment[index]! + 0.01 * g * g;
    const [mean, square] = [m / (1 - 0.9 ** 3), v / (1 - 0.99 ** 3)];
    return { weight: weight - 0.01 * (mean / (Math.sqrt(square) + 1e-8) + 0.1 * weight), m, v };
  });
  const squares = gradient.reduce((sum, value) => sum + value * value, 0);
  expect(sumOfSquares(gradient)).toBeCloseTo(squares, 5);

  const options = { learningRate: 0.01, step: 3, beta2: 0.99, weightDecay: 0.1, gradientScale: 0.5 };
  adamStep(weights, gradient, { firstMoment, secondMoment }, options);
  for (const [index, { weight, m, v }] of expected.entries()) {
    expect(Math.abs(weights[index]! - weight)).toBeLessThan(1e-6);
    expect(Math.abs(firstMoment[index]! - m)).toBeLessThan(1e-7);
    expect(Math.abs(secondMoment[index]! - v)).toBeLessThan(1e-7);
  }
});

const WITH_SLOTS: Record<
  string,
  (weights: Float32Array, gradient: Float32Array, slots: Float32Array[]) => void
> = {
  sgd: (w, g) => sgdStep(w, g, undefined, { learningRate: 0.1, weightDecay: 0.1 }),
  'sgd with momentum': (w, g, [a]) => sgdStep(w, g, a, { learningRate: 0.1, momentum: 0.9, nesterov: true }),
  adam: (w, g, [firstMoment, secondMoment, largestSecondMoment]) =>
    adamStep(
      w,
      g,
      { firstMoment: firstMoment!, secondMoment: secondMoment!, largestSecondMoment },
      { learningRate: 0.1, step: 2, decoupled: false, weightDecay: 0.1 },
    ),
  adagrad: (w, g, [a]) => adagradStep(w, g, a!, { learningRate: 0.1 }),
  rmsprop: (w, g, [meanSquare, mean, momentum]) =>
    rmspropStep(w, g, { meanSquare: meanSquare!, mean, momentum }, { learningRate: 0.1, momentum: 0.5 }),
  lion: (w, g, [a]) => lionStep(w, g, a!, { learningRate: 0.1, weightDecay: 0.1 }),
};

test.each(Object.entries(WITH_SLOTS))(
  '%s: an element’s step does not depend on its place, arrays may begin anywhere, NaN stays visible',
  (_, step) => {
    const length = 16_384 + 7;
    const arrays = [
      ...[-1, -2].map((low) => spread(length + 1, low, -low)),
      ...[0.1, 0.2, 0.3].map((phase) => spread(length + 1, 0, 1, phase)),
    ].map((array) => array.subarray(1));
    arrays[1]![5] = Number.NaN;
    arrays[1]![16_384] = 0;
    const alone = [0, 5, 16_383, 16_384, length - 1].map((index) => {
      const single = arrays.map((array) => array.slice(index, index + 1));
      step(single[0]!, single[1]!, single.slice(2));
      return { index, single };
    });
    step(arrays[0]!, arrays[1]!, arrays.slice(2));
    for (const { index, single } of alone) {
      expect(arrays.map((array) => array[index])).toEqual(single.map((array) => array[0]));
    }
    expect(arrays[0]!.findIndex(Number.isNaN)).toBe(5);
    expect(arrays[0]!.findLastIndex(Number.isNaN)).toBe(5);
  },
);

test('moments below the normal float32 range become zero', () => {
  const weights = Float32Array.of(1, 1);
  const firstMoment = Float32Array.of(1e-38, 0);
  const secondMoment = Float32Array.of(1.2e-38, 0);
  const options = { learningRate: 0.01, step: 9, beta2: 0.99 };
  adamStep(weights, Float32Array.of(0, 0), { firstMoment, secondMoment }, options);
  expect([...weights, ...firstMoment, ...secondMoment]).toEqual([1, 1, 0, 0, Math.fround(1.188e-38), 0]);
  const velocity = Float32Array.of(1.2e-38, -1.2e-38);
  sgdStep(weights, Float32Array.of(0, 0), velocity, { learningRate: 0.1, momentum: 0.9 });
  expect(velocity.every((value) => value === 0)).toBe(true);
});

test('sums of squares are taken in float64, and NaN stays visible', () => {
  expect(sumOfSquares(Float32Array.of(1, Number.NaN))).toBeNaN();
  expect(sumOfSquares(Float32Array.of(3e38, 3e38)) / 18e76).toBeCloseTo(1, 6);
});

test('arrays of different lengths are refused before anything changes', () => {
  const weights = Float32Array.of(1, 2, 3);
  const act = () => lionStep(weights, Float32Array.of(1, 1), new Float32Array(3), { learningRate: 0.1 });
  expect(act).toThrow(ShapeError);
  expect(act).toThrow('lionStep: arrays must be as long as the weights, got 2 for 3 elements.');
  expect([...weights]).toEqual([1, 2, 3]);
});

test('the committed kernel is what its source gives', () => {
  const script = fileURLToPath(new URL('../../assembly/build.js', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
});
