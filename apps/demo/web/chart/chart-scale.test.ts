import { expect, test } from 'vitest';
import { linearScale, thinned } from './chart-scale.ts';

test('an axis has round ticks inside its domain and maps its ends to its range', () => {
  const scale = linearScale([1.37, 4.2], [200, 0], 5);
  expect(scale.ticks).toEqual([2, 3, 4]);
  expect([1.37, 4.2].map(scale.position)).toEqual([200, 0]);
  expect(linearScale([0, 400], [0, 100], 4).ticks).toEqual([0, 100, 200, 300, 400]);
  expect(linearScale([0, 0.3], [0, 1], 3).ticks).toEqual([0, 0.1, 0.2, 0.3]);
});

test('an axis of a single value does not divide by zero', () => {
  expect(linearScale([2, 2], [0, 10], 4).position(2)).toBe(0);
});

test('a long curve is thinned to means of neighbors, a short one is left as it is', () => {
  const points = [1, 3, 5, 7, 9].map((y, x) => ({ x, y }));
  expect(thinned(points, 5)).toEqual(points);
  expect(thinned(points, 3)).toEqual([
    { x: 0.5, y: 2 },
    { x: 2.5, y: 6 },
    { x: 4, y: 9 },
  ]);
});
