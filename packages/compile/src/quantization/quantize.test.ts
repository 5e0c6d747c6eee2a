import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RandomStream } from '../random/random-stream.ts';
import { fromFloat16, toFloat16 } from './float16.ts';
import { packBlocks, packHalves, packZeroPoints } from './matmul-n-bits.ts';
import { type QuantizeOptions, quantize } from './quantize.ts';
import { dequantize, quantizedTensor } from './quantized-tensor.ts';

function normal(seed: number, size: number): Float32Array {
  const random = new RandomStream(seed);
  return Float32Array.from({ length: size }, () => random.normal());
}

describe('float16', () => {
  test('every half survives the way to float32 and back', () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
      (bits) => (bits & 0x7fff) <= 0x7c00, // NaNs have many forms
    );
    expect(toFloat16(fromFloat16(halves))).toEqual(halves);
  });

  test('rounds to the nearest half, ties to even, and overflows to infinity', () => {
    const numbers = Float32Array.of(
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      65519.996,
      65520,
      2 ** -25,
      2 ** -24 * 1.5,
      NaN,
    );
    const expected = [1, 1 + 2 ** -9, 65504, Infinity, 0, 2 ** -23, NaN];
    expect([...fromFloat16(toFloat16(numbers))]).toEqual(expected);
    expect([...toFloat16(Float32Array.of(-2, 1 / 3, -0))]).toEqual([0xc000, 0x3555, 0x8000]);
  });
});

describe('quantize', () => {
  test('keeps numbers that lie on the grid', () => {
    const exact = Float32Array.from({ length: 2 * 20 }, (_, index) => ((index % 16) - 8) * 0.25);
    for (const type of ['float16', 'int4'] as const) {
      expect(dequantize(quantize(exact, [2, 20], { type, blockSize: 32 }))).toEqual(exact);
    }
    const bytes = Float32Array.from({ length: 256 }, (_, index) => index - 127).subarray(0, 255);
    expect(dequantize(quantize(bytes, [255], { type: 'int8', blockSize: 256 }))).toEqual(bytes);
  });

  test('stores int4 as a worked example says', () => {
    // The largest magnitude is −4: the scale is 0.5, and 4 numbers lie beyond the row.
    const row = Float32Array.of(-4, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, -0.5, -1);
    const { data, scales } = quantize(row, [1, 12], { type: 'int4', blockSize: 16 });
    expect([...scales!]).toEqual([0.5]);
    // Elements 0 to 7 are lower halves: 0, 8, 9, …, 14; elements 8 to 15 upper ones: 15, 15 (4 is clipped to 3.5), 7, 6, 8 four times.
    expect([...data]).toEqual([0xf0, 0xf8, 0x79, 0x6a, 0x8b, 0x8c, 0x8d, 0x8e]);
    expect([...packBlocks(data as Uint8Array, 16)]).toEqual([0x80, 0xa9, 0xcb, 0xed, 0xff, 0x67, 0x88, 0x88]);
    expect([...packZeroPoints(Uint8Array.of(1, 2, 3, 4, 5, 6), 3)]).toEqual([0x21, 0x03, 0x54, 0x06]);
  });

  test('int8 numbers are taken apart as a worked example says', () => {
    // Without sign −128, −1, 0 and 18 are 0x00, 0x7f, 0x80 and 0x92.
    const numbers = Int8Array.of(-128, -1, 0, 18);
    expect([...packHalves(numbers, 'upper')]).toEqual([0x70, 0x98]);
    expect([...packHalves(numbers, 'lower')]).toEqual([0xf0, 0x20]);
    expect([...packHalves(numbers.subarray(0, 3), 'lower', 3)]).toEqual([0xf0, 0x00]);
  });

  test('an error is at most half a step, a whole one where a symmetric int4 block has no −8', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('int8' as const, 'int4' as const),
        fc.boolean(),
        fc.constantFrom(16, 32, 64),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer(),
        (type, symmetric, blockSize, columns, rows, seed) => {
          const values = normal(seed, rows * columns);
          const tensor = quantize(values, [rows, columns], { type, blockSize, symmetric });
          const blocks = Math.ceil(columns / blockSize);
          dequantize(tensor).forEach((value, index) => {
            const block = Math.floor(index / columns) * blocks + Math.floor((index % columns) / blockSize);
            const step = Math.abs(tensor.scales![block]!);
            const steps = Math.abs(value - values[index]!) / step;
            expect(steps).toBeLessThan(type === 'int4' && symmetric ? 1.0001 : 0.5001);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  test('normal numbers lose what is known of each type', () => {
    const values = normal(1, 64 * 1024);
    const relativeError = (options: QuantizeOptions): number => {
      const restored = dequantize(quantize(values, [64, 1024], options));
      const squares = values.reduce((sum, value, index) => sum + (value - restored[index]!) ** 2, 0);
      return Math.sqrt(squares / values.length);
    };
    // A uniform rounding error has the deviation step / √12; the extreme of 64 normal numbers is about 2.4, of 32 about 2.1.
    expect(relativeError({ type: 'float16' })).toBeLessThan(2 ** -11);
    expect(relativeError({ type: 'int8' })).toBeCloseTo(2.5 / 127 / Math.sqrt(12), 3);
    expect(relativeError({ type: 'int4' })).toBeCloseTo(2.5 / 8 / Math.sqrt(12), 2);
    expect(relativeError({ type: 'int4', blockSize: 32 })).toBeLessThan(relativeError({ type: 'int4' }));
    const shifted = values.map((value) => Math.abs(value));
    values.set(shifted);
    expect(relativeError({ type: 'int4', symmetric: false })).toBeLessThan(
      0.6 * relativeError({ type: 'int4' }),
    );
  });

  test('takes the bytes it says', () => {
    const values = new Float32Array(128 * 128).fill(0.5);
    const bytes = (options: QuantizeOptions): number => quantize(values, [128, 128], options).byteLength;
    expect(bytes({ type: 'float16' })).toBe(2 * values.length);
    expect(bytes({ type: 'int8' })).toBe((8.5 / 8) * values.length);
    expect(bytes({ type: 'int4' })).toBe((4.5 / 8) * values.length);
    expect(bytes({ type: 'int4', blockSize: 32, symmetric: false })).toBe((5.25 / 8) * values.length);
  });

  test('zeros stay zeros', () => {
    for (const type of ['float16', 'int8', 'int4'] as const) {
      for (const symmetric of [true, false]) {
        const zeros = quantize(new Float32Array(40), [2, 20], { type, blockSize: 16, symmetric });
        expect(dequantize(zeros)).toEqual(new Float32Array(40));
      }
    }
  });

  test('refuses what does not fit', () => {
    const int4 = { type: 'int4' } as const;
    expect(() => quantize(new Float32Array(3), [2, 2], int4)).toThrow('got [2,2] (4) for 3 elements');
    expect(() => quantize(new Float32Array(0), [2, 0], int4)).toThrow(
      'must have a last axis and no empty one',
    );
    expect(() => quantize(Float32Array.of(1, NaN), [2], int4)).toThrow('got NaN at index 1');
    expect(() => quantize(Float32Array.of(70000), [1], { type: 'float16' })).toThrow('got 70000 at index 0');
    expect(() => quantize(new Float32Array(2), [2], { ...int4, blockSize: 48 })).toThrow(
      'blockSize must be a power of two from 16 on, got 48',
    );
    const stored = quantize(new Float32Array(64), [64], int4);
    expect(() => quantizedTensor({ ...stored, shape: [65] })).toThrow(
      'must hold 64, 2 and 2 numbers, got 32, 1 and none',
    );
    expect(() => quantizedTensor({ ...stored, data: new Int8Array(32) })).toThrow(
      'must be Uint8Array, got Int8Array',
    );
  });
});
