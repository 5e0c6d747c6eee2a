import { expect, test } from 'vitest';
import {
  constantSchedule,
  inverseSquareRootSchedule,
  linearSchedule,
  oneCycleSchedule,
  stableDecaySchedule,
  withWarmup,
} from './schedules.ts';

const first = (count: number, schedule: (step: number) => number): number[] =>
  Array.from({ length: count }, (_, step) => schedule(step));

test('a warm-up rises to the first learning rate of what follows, which then begins', () => {
  const schedule = withWarmup(linearSchedule({ start: 4, steps: 4 }), { steps: 3 });
  expect(first(9, schedule)).toEqual([1, 2, 3, 4, 3, 2, 1, 0, 0]);
  expect(first(3, constantSchedule(2))).toEqual([2, 2, 2]);
  expect(withWarmup(constantSchedule(2), { steps: 0 })(0)).toBe(2);
});

test('stable, then a straight decay to the floor', () => {
  const schedule = stableDecaySchedule({ peak: 4, floor: 1, steps: 6, decaySteps: 3 });
  expect(first(8, schedule)).toEqual([4, 4, 4, 4, 3, 2, 1, 1]);
});

test('the inverse square root meets its warm-up at the peak and halves in four times the steps', () => {
  const schedule = inverseSquareRootSchedule({ peak: 1, warmupSteps: 4 });
  expect(first(4, schedule)).toEqual([0.25, 0.5, 0.75, 1]);
  expect(schedule(15)).toBe(0.5);
});

test('one cycle follows torch.optim.lr_scheduler.OneCycleLR', () => {
  // Printed by OneCycleLR(optimizer, max_lr=1.0, total_steps=20).
  const expected: number[] = [
    0.04, 0.131671843, 0.371671843, 0.668328157, 0.908328157, 1.0, 0.987464006, 0.950484632, 0.890916178,
    0.811745654, 0.716943002, 0.611262022, 0.500002, 0.388741978, 0.283060998, 0.188258346, 0.109087822,
    0.049519368, 0.0125399938, 4e-6,
  ];
  const schedule = oneCycleSchedule({ peak: 1, steps: 20 });
  for (const [step, value] of expected.entries()) expect(schedule(step)).toBeCloseTo(value, 7);
});

test.each<[() => unknown, string]>([
  [() => constantSchedule(-1), 'constantSchedule: learningRate must not be negative, got -1.'],
  [
    () => withWarmup(constantSchedule(1), { steps: 0.5 }),
    'withWarmup: steps must be a non-negative integer, got 0.5.',
  ],
  [() => linearSchedule({ start: 1, steps: 0 }), 'linearSchedule: steps must be a positive integer, got 0.'],
  [
    () => stableDecaySchedule({ peak: 1, steps: 5, decaySteps: 6 }),
    'stableDecaySchedule: decaySteps must be at most steps (5), got 6.',
  ],
  [
    () => oneCycleSchedule({ peak: 1, steps: 5, riseFraction: 1 }),
    'oneCycleSchedule: riseFraction must be between 0 and 1, got 1.',
  ],
])('options out of range are refused (%#)', (make, message) => {
  expect(make).toThrow(new RangeError(message));
});
