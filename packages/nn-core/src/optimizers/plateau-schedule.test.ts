import { expect, test } from 'vitest';
import goldens from '../../fixtures/schedules.json' with { type: 'json' };
import { expectClose } from '../../test/pytorch.ts';
import { PlateauSchedule, type PlateauScheduleOptions } from './plateau-schedule.ts';
import { withWarmup } from './schedules.ts';

const learningRate = 0.5;
const losses = goldens.losses.map((loss) => loss ?? Number.NaN);

/** As in fixtures/schedules.py. */
const PLATEAUS: Record<keyof typeof goldens.plateaus, PlateauScheduleOptions> = {
  defaults: { learningRate, patience: 3 },
  absolute: {
    learningRate,
    patience: 1,
    factor: 0.5,
    threshold: 0.05,
    thresholdMode: 'absolute',
    cooldown: 2,
  },
  more: { learningRate, better: 'more', patience: 2, factor: 0.7, floor: 0.2 },
};

const cases = Object.entries(PLATEAUS) as [keyof typeof goldens.plateaus, PlateauScheduleOptions][];

test.each(cases)('%s: falls where torch.optim.lr_scheduler.ReduceLROnPlateau does', (name, options) => {
  const plateau = new PlateauSchedule(options);
  const rates = losses.map((loss) => {
    plateau.observe(loss);
    return plateau.learningRate;
  });
  expectClose(rates, goldens.plateaus[name], 1e-7);
});

test.each(cases)('%s: goes on from a state saved as JSON after any evaluation', (_, options) => {
  for (let saved = 0; saved < losses.length; saved++) {
    const plateau = new PlateauSchedule(options);
    for (const loss of losses.slice(0, saved)) plateau.observe(loss);
    const copy = new PlateauSchedule(options);
    copy.loadState(JSON.parse(JSON.stringify(plateau.state())));
    for (const loss of losses.slice(saved)) {
      plateau.observe(loss);
      copy.observe(loss);
    }
    expect(copy.state()).toEqual(plateau.state());
  }
});

test('its schedule may be warmed up like any other', () => {
  const plateau = new PlateauSchedule({ learningRate: 4, patience: 0 });
  const schedule = withWarmup(plateau.schedule, { steps: 3 });
  expect([0, 1, 2, 3].map(schedule)).toEqual([1, 2, 3, 4]);
  plateau.observe(1);
  plateau.observe(1);
  expect(schedule(3)).toBeCloseTo(0.4, 12);
});

test('options and states that are out of range are refused', () => {
  expect(() => new PlateauSchedule({ learningRate, factor: 1 })).toThrow(
    'PlateauSchedule: factor must be in [0, 1), got 1.',
  );
  const plateau = new PlateauSchedule({ learningRate });
  const before = plateau.state();
  expect(() => plateau.loadState({ ...before, learningRate: -1 })).toThrow(
    'PlateauSchedule.loadState: learningRate must not be negative, got -1.',
  );
  expect(plateau.state()).toEqual(before);
});
