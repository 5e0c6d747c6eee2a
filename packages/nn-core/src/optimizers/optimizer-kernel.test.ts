import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sumOfSquares, updateAdamW } from './optimizer-kernel.ts';

const coefficients = {
  keep: 0.999,
  stepSize: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  inverseCorrection: 1.25,
  epsilon: 1e-8,
  gradientScale: 0.5,
};

test.each([1, 3, 4, 16_383, 16_384, 40_001])('the kernels give the formula on %i elements', (length) => {
  const random = (low: number, high: number): Float32Array =>
    Float32Array.from({ length }, (_, index) => low + (high - low) * ((index * 0.618034) % 1));
  const [weights, gradient, first, second] = [
    random(-1, 1),
    random(-2, 2),
    random(-0.1, 0.1),
    random(0, 0.01),
  ];
  const expected = Array.from(weights, (weight, index) => {
    const g = gradient[index]! * 0.5;
    const m = 0.9 * first[index]! + 0.1 * g;
    const v = 0.99 * second[index]! + 0.01 * g * g;
    return { weight: 0.999 * weight - (0.01 * m) / (Math.sqrt(v) * 1.25 + 1e-8), m, v };
  });
  const squares = gradient.reduce((sum, value) => sum + value * value, 0);
  expect(sumOfSquares(gradient)).toBeCloseTo(squares, 5);

  updateAdamW(weights, gradient, first, second, coefficients);
  for (const [index, { weight, m, v }] of expected.entries()) {
    expect(Math.abs(weights[index]! - weight)).toBeLessThan(1e-6);
    expect(Math.abs(first[index]! - m)).toBeLessThan(1e-7);
    expect(Math.abs(second[index]! - v)).toBeLessThan(1e-7);
  }
});

test('moments below the normal float32 range become zero, NaN stays visible', () => {
  const weights = Float32Array.of(1, 1);
  const first = Float32Array.of(1e-38, 0);
  const second = Float32Array.of(1.2e-38, 0);
  updateAdamW(weights, Float32Array.of(0, 0), first, second, { ...coefficients, keep: 1 });
  expect([...weights, ...first, ...second]).toEqual([1, 1, 0, 0, Math.fround(1.188e-38), 0]);
  expect(sumOfSquares(Float32Array.of(1, Number.NaN))).toBeNaN();
  expect(sumOfSquares(Float32Array.of(3e38, 3e38)) / 18e76, 'summed in float64').toBeCloseTo(1, 6);
});

test('the committed kernel is what its source gives', () => {
  const script = fileURLToPath(new URL('../../assembly/build.js', import.meta.url));
  expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow();
});
