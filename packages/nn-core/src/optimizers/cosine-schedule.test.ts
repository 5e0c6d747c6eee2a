import { expect, test } from 'vitest';
import { cosineSchedule } from './cosine-schedule.ts';

test('the rate warms up linearly, falls along half a cosine and stays at the floor', () => {
  const schedule = cosineSchedule({ peak: 1, floor: 0.2, warmupSteps: 4, decaySteps: 12 });
  expect([0, 1, 2, 3].map(schedule)).toEqual([0.2, 0.4, 0.6, 0.8]);
  expect([4, 8, 12, 1000].map(schedule)).toEqual([1, 0.6000000000000001, 0.2, 0.2]);
  expect(schedule(6)).toBeCloseTo(0.2 + 0.8 * (0.5 + Math.SQRT1_2 / 2), 12); // cos(π/4)
});

test('the floor is a tenth of the peak and there is no warm-up unless said', () => {
  const schedule = cosineSchedule({ peak: 1e-3, decaySteps: 10 });
  expect(schedule(0)).toBe(1e-3);
  expect(schedule(10)).toBe(1e-4);
});

test('options that make no schedule are refused by name', () => {
  expect(() => cosineSchedule({ peak: -1, decaySteps: 1 })).toThrow('peak must not be negative, got -1');
  expect(() => cosineSchedule({ peak: 1, floor: 2, decaySteps: 1 })).toThrow(
    'floor must be from 0 to peak (1), got 2',
  );
  expect(() => cosineSchedule({ peak: 1, warmupSteps: 5, decaySteps: 5 })).toThrow(
    'warmupSteps must be from 0 to below decaySteps (5), got 5',
  );
});
