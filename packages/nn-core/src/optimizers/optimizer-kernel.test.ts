import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ShapeError } from '@wordloom/compile';
import { expect, test, vi } from 'vitest';
import { adagradStep } from './adagrad.ts';
import { adamStep } from './adamw.ts';
import { allocateSlots } from './kernel.ts';
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
  const worst = (values: Float32Array, exact: readonly number[]): number =>
    exact.reduce((most, value, index) => Math.max(most, Math.abs(values[index]! - value)), 0);
  expect(
    worst(
      weights,
      expected.map(({ weight }) => weight),
    ),
  ).toBeLessThan(1e-6);
  expect(
    worst(
      firstMoment,
      expected.map(({ m }) => m),
    ),
  ).toBeLessThan(1e-7);
  expect(
    worst(
      secondMoment,
      expected.map(({ v }) => v),
    ),
  ).toBeLessThan(1e-7);
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

test.each(Object.entries(WITH_SLOTS))(
  '%s: slots in the kernel’s own memory change as others do',
  (_, step) => {
    const length = 16_384 + 7;
    const [weights, gradient] = [spread(length, -1, 1), spread(length, -2, 2)];
    const ordinary = [0.1, 0.2, 0.3].map((phase) => spread(length, 0, 1, phase));
    const allocated = allocateSlots([length, length, length]);
    for (const [index, slot] of allocated.entries()) slot.set(ordinary[index]!);
    const copy = weights.slice();
    step(weights, gradient, ordinary);
    step(copy, gradient, allocated);
    expect(copy).toEqual(weights);
    expect(allocated).toEqual(ordinary);
  },
);

test('slots are ordinary arrays where there is no memory for the kernel', () => {
  const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
    throw new RangeError('out of memory');
  });
  const [slot] = allocateSlots([3]);
  grow.mockRestore();
  lionStep(Float32Array.of(1, 2, 3), Float32Array.of(1, 1, 1), slot!, { learningRate: 0.1, beta2: 0.75 });
  expect([...slot!]).toEqual([0.25, 0.25, 0.25]);
});

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
