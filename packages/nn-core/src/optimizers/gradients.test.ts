import { ShapeError } from '@wordloom/compile';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectClose } from '../../test/pytorch.ts';
import { clipByParameterNorm, clipByValue } from './clip-gradients.ts';
import { globalNorm } from './global-norm.ts';
import { GradientAccumulator } from './gradient-accumulator.ts';

test('the average of micro-batches is the mean of their gradients, and the next begins anew', () => {
  const accumulator = new GradientAccumulator();
  const gradient = Float32Array.of(1, -2);
  accumulator.add({ a: gradient, b: Float32Array.of(4) });
  gradient.set([3, 6]); // the arrays of a training step are overwritten by the next
  accumulator.add({ a: gradient });
  expect(accumulator.totalWeight).toBe(2);
  expect(accumulator.average()).toEqual({ a: Float32Array.of(2, 2), b: Float32Array.of(2) });
  expect(accumulator.totalWeight).toBe(0);
  accumulator.add({ a: Float32Array.of(5, 5) });
  expect(accumulator.average()).toEqual({ a: Float32Array.of(5, 5), b: Float32Array.of(0) });
});

test('weighted by their targets, micro-batches give the mean over all targets however they are cut', () => {
  const values = fc.array(fc.float({ noNaN: true, min: -10, max: 10 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 7 }), (perTarget, size) => {
      const accumulator = new GradientAccumulator();
      for (let start = 0; start < perTarget.length; start += size) {
        const part = perTarget.slice(start, start + size);
        const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
        accumulator.add({ w: Float32Array.of(mean) }, { weight: part.length });
      }
      const mean = perTarget.reduce((sum, value) => sum + value, 0) / perTarget.length;
      expectClose(accumulator.average().w!, [mean], 1e-5);
    }),
  );
});

test('gradients that do not fit, and averages of nothing, are refused', () => {
  const accumulator = new GradientAccumulator();
  expect(() => accumulator.average()).toThrow(
    'GradientAccumulator.average: gradients must be added first, got none.',
  );
  accumulator.add({ a: Float32Array.of(1) });
  expect(() => accumulator.add({ a: new Float32Array(2) })).toThrow(ShapeError);
  expect(() => accumulator.add({ a: Float32Array.of(1) }, { weight: 0 })).toThrow(
    'GradientAccumulator.add: weight must be positive, got 0.',
  );
  expect(accumulator.average()).toEqual({ a: Float32Array.of(1) });
});

test('clipping by value bounds every element and nothing else', () => {
  const gradients = { a: Float32Array.of(-3, 0.5, Infinity), b: Float32Array.of(Number.NaN) };
  clipByValue(gradients, 2);
  expect(gradients).toEqual({ a: Float32Array.of(-2, 0.5, 2), b: Float32Array.of(Number.NaN) });
  expect(() => clipByValue(gradients, 0)).toThrow('clipByValue: limit must be positive, got 0.');
});

test('clipping by parameter norm keeps directions and leaves small gradients as they are', () => {
  const gradients = { a: Float32Array.of(3, 4), b: Float32Array.of(0.3, 0.4) };
  clipByParameterNorm(gradients, 1);
  expectClose(gradients.a, [0.6, 0.8], 1e-6);
  expect(gradients.b).toEqual(Float32Array.of(0.3, 0.4));
  expect(globalNorm(gradients)).toBeCloseTo(Math.sqrt(1.25), 5);
  expect(() => clipByParameterNorm(gradients, -1)).toThrow('maxNorm must be positive, got -1.');
});
