import { describe, expect, test } from 'vitest';
import goldens from '../../fixtures/optimizers.json' with { type: 'json' };
import { expectClose } from '../../test/pytorch.ts';
import { Parameter } from '../module/parameter.ts';
import { Adagrad } from './adagrad.ts';
import { Adam } from './adamw.ts';
import { Lion } from './lion.ts';
import type { Optimizer } from './optimizer.ts';
import { RMSProp } from './rmsprop.ts';
import { SGD } from './sgd.ts';

type Parameters = ReadonlyMap<string, Parameter>;

/** As in fixtures/optimizers.py. */
const OPTIMIZERS: Record<keyof typeof goldens.trajectories, (parameters: Parameters) => Optimizer> = {
  sgd: (p) => new SGD(p, { learningRate: 0.05 }),
  sgdMomentum: (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }),
  sgdNesterov: (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9, weightDecay: 0.1, nesterov: true }),
  adam: (p) => new Adam(p, { learningRate: 0.05, beta2: 0.95, weightDecay: 0.1 }),
  adagrad: (p) =>
    new Adagrad(p, { learningRate: 0.1, learningRateDecay: 0.05, weightDecay: 0.1, initialAccumulator: 0.2 }),
  rmsprop: (p) => new RMSProp(p, { learningRate: 0.05, alpha: 0.9, weightDecay: 0.1 }),
  rmspropCentered: (p) => new RMSProp(p, { learningRate: 0.05, alpha: 0.9, momentum: 0.8, centered: true }),
  lion: (p) => new Lion(p, { learningRate: 0.05, beta2: 0.95, weightDecay: 0.1 }),
};

const cases = Object.entries(OPTIMIZERS) as [
  keyof typeof goldens.trajectories,
  (p: Parameters) => Optimizer,
][];
const startAt = (values: readonly number[]): Parameters =>
  new Map([['weight', new Parameter(Float32Array.from(values), [3, 4])]]);
const gradientAt = (step: number): Float32Array => Float32Array.from(goldens.gradients[step]!);

describe.each(cases)('%s', (name, make) => {
  test('follows PyTorch over 20 steps', () => {
    const parameters = startAt(goldens.start);
    const optimizer = make(parameters);
    for (const [step, expected] of goldens.trajectories[name].entries()) {
      optimizer.step({ weight: gradientAt(step) });
      expectClose(parameters.get('weight')!.data, expected, 1e-5);
    }
  });

  test('scales gradients before everything else', () => {
    const [whole, scaled] = [startAt(goldens.start), startAt(goldens.start)];
    make(whole).step({ weight: gradientAt(0).map((value) => 0.25 * value) });
    make(scaled).step({ weight: gradientAt(0) }, { gradientScale: 0.25 });
    expectClose(scaled.get('weight')!.data, whole.get('weight')!.data, 1e-6);
  });

  test('goes on from a loaded state exactly', () => {
    const parameters = startAt(goldens.start);
    const optimizer = make(parameters);
    for (let step = 0; step < 7; step++) optimizer.step({ weight: gradientAt(step) });
    const copies = startAt([...parameters.get('weight')!.data]);
    const copy = make(copies);
    copy.loadState(optimizer.state());
    optimizer.step({ weight: gradientAt(7) });
    copy.step({ weight: gradientAt(7) });
    expect(copies.get('weight')!.data).toEqual(parameters.get('weight')!.data);
    expect(copy.stepCount).toBe(8);
  });
});

test.each<[() => Optimizer, string]>([
  [() => new SGD(new Map(), { momentum: 1 }), 'SGD: momentum must be in [0, 1), got 1.'],
  [
    () => new SGD(new Map(), { nesterov: true }),
    'SGD: nesterov must come with a momentum above 0, got momentum 0.',
  ],
  [() => new Adam(new Map(), { learningRate: -1 }), 'Adam: learningRate must not be negative, got -1.'],
  [() => new Adagrad(new Map(), { epsilon: Number.NaN }), 'Adagrad: epsilon must not be negative, got NaN.'],
  [() => new RMSProp(new Map(), { alpha: 1.5 }), 'RMSProp: alpha must be in [0, 1), got 1.5.'],
  [() => new Lion(new Map(), { beta1: -0.1 }), 'Lion: beta1 must be in [0, 1), got -0.1.'],
])('a hyperparameter out of range is refused (%#)', (make, message) => {
  expect(make).toThrow(new RangeError(message));
});
