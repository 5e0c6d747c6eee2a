import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomOrder } from './random-order.ts';

const whole = (length: number, seed: number, ...path: number[]) =>
  Array.from({ length }, (_, place) => randomOrder(length, seed, ...path)(place));

test('every item comes once, whatever the length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat(99), (length, seed, epoch) => {
      const order = randomOrder(length, seed, epoch);
      const items = Array.from({ length }, (_, place) => order(place));
      expect(items.toSorted((a, b) => a - b)).toEqual(items.map((_, index) => index));
    }),
  );
});

test('the order depends on seed and path alone', () => {
  expect(whole(50, 1, 2)).toEqual(whole(50, 1, 2));
  expect(new Set([whole(50, 1, 2), whole(50, 1, 3), whole(50, 2, 2)].map(String)).size).toBe(3);
});

test('items beyond 2³² are reached, and stay in range', () => {
  const length = 2 ** 53 - 1;
  const order = randomOrder(length, 7);
  const items = Array.from({ length: 1000 }, (_, index) => order(length - 1 - index));
  expect(new Set(items).size).toBe(1000);
  expect(items.every((item) => Number.isSafeInteger(item) && item >= 0 && item < length)).toBe(true);
  expect(items.filter((item) => item > length / 2).length).toBeGreaterThan(400);
});

test.each([4, 5])('all orders of %i items are equally likely, within chance', (length) => {
  const counts = new Map<string, number>();
  const draws = 24_000;
  for (let seed = 0; seed < draws; seed++) {
    const key = whole(length, seed).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const orders = length === 4 ? 24 : 120;
  const expected = draws / orders;
  let chiSquare = 0;
  for (const count of counts.values()) chiSquare += (count - expected) ** 2 / expected;
  expect(counts.size).toBe(orders);
  expect(chiSquare).toBeLessThan(length === 4 ? 52.6 : 180); // p = 0.0004 for 23 degrees of freedom, 0.0003 for 119
});

test('places and items of a large order are unrelated', () => {
  const length = 10_007;
  const items = whole(length, 3);
  const mean = (length - 1) / 2;
  const variance = (length * length - 1) / 12;
  const correlation = (shift: number): number =>
    items.reduce((sum, item, place) => sum + (item - mean) * (items[(place + shift) % length]! - mean), 0) /
    (length * variance);
  for (const shift of [1, 2, 3, 64]) expect(Math.abs(correlation(shift))).toBeLessThan(0.04); // 4 standard deviations
  const withPlace =
    items.reduce((sum, item, place) => sum + (item - mean) * (place - mean), 0) / (length * variance);
  expect(Math.abs(withPlace)).toBeLessThan(0.04);
});

test('what cannot be ordered is refused', () => {
  expect(() => randomOrder(0, 1)).toThrow('randomOrder: length must be a positive integer, got 0.');
  expect(() => randomOrder(3, 1)(3)).toThrow(
    'randomOrder: place must be an integer from 0 to below 3, got 3.',
  );
});
