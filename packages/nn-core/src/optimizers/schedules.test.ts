import { expect, test } from 'vitest';
import goldens from '../../fixtures/schedules.json' with { type: 'json' };
import { expectClose } from '../../test/pytorch.ts';
import { cosineRestartsSchedule } from './cosine-restarts-schedule.ts';
import { cosineSchedule, type Schedule } from './cosine-schedule.ts';
import {
  exponentialSchedule,
  multiStepSchedule,
  polynomialSchedule,
  stepSchedule,
} from './decay-schedules.ts';
import { oneCycleSchedule } from './one-cycle-schedule.ts';
import {
  constantSchedule,
  inverseSquareRootSchedule,
  linearSchedule,
  sequenceSchedule,
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

const rate = 0.5;

/** As in fixtures/schedules.py. */
const CURVES: Record<keyof typeof goldens.curves, Schedule> = {
  constant: constantSchedule(rate),
  warmup: withWarmup(exponentialSchedule({ start: rate, factor: 0.9 }), { steps: 8 }),
  cosineWarmup: cosineSchedule({ peak: rate, floor: 0.05, warmupSteps: 8, decaySteps: 41 }),
  inverseSquareRoot: inverseSquareRootSchedule({ peak: rate, warmupSteps: 9 }),
  stableDecay: stableDecaySchedule({ peak: rate, floor: 0.05, steps: 30, decaySteps: 12 }),
  stableDecayCosine: stableDecaySchedule({
    peak: rate,
    floor: 0.05,
    steps: 30,
    decaySteps: 12,
    shape: 'cosine',
  }),
  stableDecaySquareRoot: stableDecaySchedule({
    peak: rate,
    floor: 0.05,
    steps: 30,
    decaySteps: 12,
    shape: 'square-root',
  }),
  linear: linearSchedule({ start: 0.25 * rate, end: 0.75 * rate, steps: 15 }),
  polynomial: polynomialSchedule({ start: rate, steps: 25, power: 2.5 }),
  exponential: exponentialSchedule({ start: rate, factor: 0.87 }),
  step: stepSchedule({ start: rate, interval: 7, factor: 0.3 }),
  multiStep: multiStepSchedule({ start: rate, milestones: [20, 5, 20, 33], factor: 0.4 }),
  cosine: cosineSchedule({ peak: rate, floor: 0.05, decaySteps: 40 }),
  cosineRestarts: cosineRestartsSchedule({ peak: rate, floor: 0.02, cycleSteps: 7 }),
  cosineRestartsGrowing: cosineRestartsSchedule({ peak: rate, cycleSteps: 4, growth: 2 }),
  oneCycle: oneCycleSchedule({ peak: rate, steps: 41 }),
  oneCycleThreePhases: oneCycleSchedule({ peak: rate, steps: 40, riseFraction: 0.35, threePhases: true }),
  oneCycleLinear: oneCycleSchedule({
    peak: rate,
    steps: 33,
    shape: 'linear',
    startDivisor: 10,
    endDivisor: 100,
  }),
  oneCycleLinearThreePhases: oneCycleSchedule({ peak: rate, steps: 37, shape: 'linear', threePhases: true }),
  sequence: sequenceSchedule([
    { schedule: linearSchedule({ start: 0.1 * rate, end: rate, steps: 8 }), steps: 10 },
    { schedule: exponentialSchedule({ start: rate, factor: 0.9 }), steps: 31 },
  ]),
};

test.each(Object.entries(CURVES))(
  '%s follows torch.optim.lr_scheduler over its whole curve',
  (name, schedule) => {
    const expected = goldens.curves[name as keyof typeof goldens.curves];
    expectClose(first(expected.length, schedule), expected, 1e-7);
  },
);

test('one cycle is defined at every step, whatever its length, and stays at its end', () => {
  for (const options of [
    { steps: 1 },
    { steps: 10, riseFraction: 0.1 },
    { steps: 3 },
    { steps: 5, riseFraction: 0.99 },
  ]) {
    for (const threePhases of (options.riseFraction ?? 0) > 0.5 ? [false] : [false, true]) {
      const rates = first(options.steps + 3, oneCycleSchedule({ peak: 1, ...options, threePhases }));
      expect(rates.every((value) => value > 0 && value <= 1)).toBe(true);
      expectClose(rates.slice(-3), [4e-6, 4e-6, 4e-6], 1e-12);
    }
  }
});

test('the stable phase may end in half a cosine or a root', () => {
  const decays = (['cosine', 'square-root'] as const).map((shape) =>
    first(6, stableDecaySchedule({ peak: 4, steps: 5, decaySteps: 4, shape })),
  );
  expectClose(decays[0]!, [4, 4, 2 + Math.SQRT2, 2, 2 - Math.SQRT2, 0], 1e-12);
  expectClose(decays[1]!, [4, 4, 2, 4 - 2 * Math.SQRT2, 4 - 2 * Math.sqrt(3), 0], 1e-12);
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
  [() => sequenceSchedule([]), 'sequenceSchedule: parts must hold a schedule, got none.'],
  [
    () => multiStepSchedule({ start: 1, milestones: [3, -1] }),
    'multiStepSchedule: milestones must be non-negative integers, got -1.',
  ],
  [
    () => cosineRestartsSchedule({ peak: 1, floor: 2, cycleSteps: 3 }),
    'cosineRestartsSchedule: floor must be at most the peak (1), got 2.',
  ],
  [
    () => oneCycleSchedule({ peak: 1, steps: 5, riseFraction: 0.6, threePhases: true }),
    'oneCycleSchedule: riseFraction must be at most 0.5 with threePhases, got 0.6.',
  ],
  [
    () => oneCycleSchedule({ peak: 1, steps: 5, riseFraction: 1 }),
    'oneCycleSchedule: riseFraction must be between 0 and 1, got 1.',
  ],
])('options out of range are refused (%#)', (make, message) => {
  expect(make).toThrow(new RangeError(message));
});
