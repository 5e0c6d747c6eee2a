import '@tensorflow/tfjs-backend-cpu';
import type { Runtime } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { beforeAll, describe, expect, test } from 'vitest';
import goldens from '../../fixtures/optimizers.json' with { type: 'json' };
import { expectClose } from '../../test/pytorch.ts';
import { Parameter } from '../module/parameter.ts';
import { decodeSafetensors } from '../safetensors/decode.ts';
import { encodeSafetensors } from '../safetensors/encode.ts';
import { Adafactor } from './adafactor.ts';
import { Adagrad } from './adagrad.ts';
import { Adam, AdamW } from './adamw.ts';
import { Lion } from './lion.ts';
import { Muon } from './muon.ts';
import type { Optimizer } from './optimizer.ts';
import { RMSProp } from './rmsprop.ts';
import { SGD } from './sgd.ts';

type Parameters = ReadonlyMap<string, Parameter>;
type Trajectory = keyof typeof goldens.trajectories;

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

/** As in fixtures/optimizers.py. Muon runs compiled in one case, eagerly in the other. */
const OPTIMIZERS: Record<Trajectory, (parameters: Parameters) => Optimizer> = {
  sgd: (p) => new SGD(p, { learningRate: 0.05 }),
  sgdDecay: (p) => new SGD(p, { learningRate: 0.05, weightDecay: 0.1 }),
  sgdMomentum: (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }),
  sgdDampening: (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9, dampening: 0.3, weightDecay: 0.1 }),
  sgdNesterov: (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9, weightDecay: 0.1, nesterov: true }),
  adam: (p) => new Adam(p, { learningRate: 0.05, beta2: 0.95, weightDecay: 0.1 }),
  adamDefaults: (p) => new Adam(p, { learningRate: 0.05 }),
  adamAmsgrad: (p) =>
    new Adam(p, {
      learningRate: 0.05,
      beta1: 0.8,
      beta2: 0.7,
      epsilon: 1e-3,
      amsgrad: true,
      weightDecay: 0.1,
    }),
  adamw: (p) => new AdamW(p, { learningRate: 0.05, weightDecay: 0.1 }),
  adamwAmsgrad: (p) => new AdamW(p, { learningRate: 0.05, beta2: 0.7, amsgrad: true }),
  adamwSkipping: (p) => new AdamW(p, { learningRate: 0.05 }),
  adagrad: (p) =>
    new Adagrad(p, { learningRate: 0.1, learningRateDecay: 0.05, weightDecay: 0.1, initialAccumulator: 0.2 }),
  adagradDefaults: (p) => new Adagrad(p),
  rmsprop: (p) => new RMSProp(p, { learningRate: 0.05, alpha: 0.9, weightDecay: 0.1 }),
  rmspropDefaults: (p) => new RMSProp(p),
  rmspropMomentum: (p) => new RMSProp(p, { learningRate: 0.02, momentum: 0.9, epsilon: 1e-4 }),
  rmspropCentered: (p) =>
    new RMSProp(p, { learningRate: 0.05, alpha: 0.9, centered: true, weightDecay: 0.1 }),
  rmspropCenteredMomentum: (p) =>
    new RMSProp(p, { learningRate: 0.05, alpha: 0.9, momentum: 0.8, centered: true }),
  lion: (p) => new Lion(p, { learningRate: 0.05, beta2: 0.95, weightDecay: 0.1 }),
  lionDefaults: (p) => new Lion(p, { learningRate: 0.01 }),
  adafactor: (p) => new Adafactor(p),
  adafactorWarmup: (p) => new Adafactor(p, { warmup: true }),
  adafactorVector: (p) =>
    new Adafactor(p, { learningRate: 0.05, scaleByParameter: false, clipThreshold: 0.5 }),
  adafactorStack: (p) => new Adafactor(p, { learningRate: 0.05, beta1: 0.9, weightDecay: 0.1 }),
  muon: (p) => new Muon(p, { learningRate: 0.05, runtime }),
  muonTall: (p) => new Muon(p, { learningRate: 0.05, momentum: 0.9, nesterov: false, scale: 'original' }),
};

/** Steps without a gradient. */
const SKIPPED: Partial<Record<Trajectory, readonly number[]>> = { adamwSkipping: [0, 1, 2, 7, 8] };
const SHAPES: Partial<Record<Trajectory, readonly number[]>> = {
  adafactorVector: [12],
  adafactorStack: [2, 3, 2],
  muonTall: [6, 2],
};

const cases = Object.entries(OPTIMIZERS) as [Trajectory, (p: Parameters) => Optimizer][];

describe.each(cases)('%s', (name, make) => {
  const startAt = (values: readonly number[] = goldens.start): Parameters =>
    new Map([['weight', new Parameter(Float32Array.from(values), SHAPES[name] ?? [3, 4])]]);
  const gradientAt = (step: number): Record<string, Float32Array> =>
    SKIPPED[name]?.includes(step) ? {} : { weight: Float32Array.from(goldens.gradients[step]!) };

  test('follows PyTorch over 20 steps', async () => {
    const parameters = startAt();
    const optimizer = make(parameters);
    for (const [step, expected] of goldens.trajectories[name].entries()) {
      await optimizer.step(gradientAt(step));
      expectClose(parameters.get('weight')!.data, expected, 1e-5);
    }
  });

  test('scales gradients before everything else', async () => {
    const [whole, scaled] = [startAt(), startAt()];
    const gradient = Float32Array.from(goldens.gradients[0]!);
    await make(whole).step({ weight: gradient.map((value) => 0.25 * value) });
    await make(scaled).step({ weight: gradient }, { gradientScale: 0.25 });
    expectClose(scaled.get('weight')!.data, whole.get('weight')!.data, 1e-6);
  });

  test('goes on from a saved and loaded state exactly', async () => {
    const parameters = startAt();
    const optimizer = make(parameters);
    for (let step = 0; step < 11; step++) await optimizer.step(gradientAt(step));
    const { stepCount, tensors } = optimizer.state();
    const bytes = encodeSafetensors(tensors);
    const copies = startAt([...parameters.get('weight')!.data]);
    const copy = make(copies);
    copy.loadState({ stepCount, tensors: Object.fromEntries(decodeSafetensors(bytes).tensors) });
    for (let step = 11; step < 14; step++) {
      await optimizer.step(gradientAt(step));
      await copy.step(gradientAt(step));
      expect(copies.get('weight')!.data).toEqual(parameters.get('weight')!.data);
    }
    expect(copy.state()).toEqual(optimizer.state());
  });
});

test('Adafactor remembers rows and columns of a matrix, and no more', () => {
  const optimizer = new Adafactor(new Map([['weight', new Parameter(new Float32Array(24), [2, 3, 4])]]));
  optimizer.step({ weight: new Float32Array(24).fill(1) });
  const shapes = Object.entries(optimizer.state().tensors).map(([name, { shape }]) => [name, shape]);
  expect(shapes).toEqual([
    ['rowMeanSquare.weight', [2, 3]],
    ['columnMeanSquare.weight', [2, 4]],
  ]);
});

test.each<[() => Optimizer, string]>([
  [() => new SGD(new Map(), { momentum: 1 }), 'SGD: momentum must be in [0, 1), got 1.'],
  [
    () => new SGD(new Map(), { nesterov: true }),
    'SGD: nesterov must come with a momentum above 0 and no dampening, got momentum 0 and dampening 0.',
  ],
  [() => new Adam(new Map(), { learningRate: -1 }), 'Adam: learningRate must not be negative, got -1.'],
  [() => new Adagrad(new Map(), { epsilon: Number.NaN }), 'Adagrad: epsilon must not be negative, got NaN.'],
  [() => new RMSProp(new Map(), { alpha: 1.5 }), 'RMSProp: alpha must be in [0, 1), got 1.5.'],
  [
    () => new Adafactor(new Map(), { relativeStep: false }),
    'Adafactor: learningRate must be given where steps are not relative, got undefined.',
  ],
  [
    () => new Adafactor(new Map(), { learningRate: 0.1, warmup: true }),
    'Adafactor: warmup must come with relativeStep, got it without. Use withWarmup around a schedule.',
  ],
  [() => new Lion(new Map(), { beta1: -0.1 }), 'Lion: beta1 must be in [0, 1), got -0.1.'],
])('a hyperparameter out of range is refused (%#)', (make, message) => {
  expect(make).toThrow(new RangeError(message));
});
