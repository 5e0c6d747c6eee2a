import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('the pace is that of all steps but the first, and later of the latest', () => {
  const pace = new Pace();
  expect([pace.tokensPerSecond, pace.millisecondsFor(10, 2)]).toEqual([0, 0]);
  pace.add(50, 1000); // with what is set up once
  expect([pace.tokensPerSecond, pace.millisecondsFor(10, 2)]).toEqual([50, 10_000]);
  for (const milliseconds of [10, 20]) pace.add(30, milliseconds);
  expect(pace.tokensPerSecond).toBeCloseTo(2000, 9); // 30 tokens in 15 ms
  pace.addEvaluation(400);
  expect(pace.millisecondsFor(10, 2)).toBeCloseTo(150 + 800, 9);
  for (let step = 0; step < 100; step++) pace.add(60, 40);
  expect(pace.tokensPerSecond).toBeCloseTo(1500, 1);
});
