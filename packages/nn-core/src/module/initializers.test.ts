import { RandomStream } from '@wordloom/compile';
import { describe, expect, test } from 'vitest';
import { Linear } from '../layers/linear.ts';
import { initializeAsGpt2, initializeParameters } from './initialize-parameters.ts';
import {
  constantInitializer,
  eyeInitializer,
  type Initializer,
  normalInitializer,
  uniformInitializer,
} from './initializers.ts';
import { Module } from './module.ts';
import { type NamedInitializers, namedInitializer } from './named-initializer.ts';
import { orthogonalInitializer } from './orthogonal-initializer.ts';
import { Parameter } from './parameter.ts';
import { type TruncatedNormalOptions, truncatedNormalInitializer } from './truncated-normal.ts';
import {
  calculateGain,
  kaimingNormalInitializer,
  kaimingUniformInitializer,
  xavierNormalInitializer,
  xavierUniformInitializer,
} from './variance-scaling.ts';

function statistics(initializer: Initializer, shape: readonly number[]) {
  const values = Array.from(initializer(shape, new RandomStream(7)));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, deviation, low: Math.min(...values), high: Math.max(...values) };
}

/** Fan in 60 · 3 = 180, fan out 100 · 3 = 300; 18 000 draws, so a deviation is known to within 2 %. */
const shape = [100, 60, 3];

describe.each<[string, Initializer, number, number]>([
  // deviations: √(2 / 480) = 0.06455; 5/3 of it; √(2/180); (√(2 / 1.04)) / √300; 1 / √180
  ['xavierUniform', xavierUniformInitializer(), 0.06455, Math.sqrt(3)],
  ['xavierNormal with a gain', xavierNormalInitializer({ gain: calculateGain('tanh') }), 0.10758, Infinity],
  ['kaimingUniform', kaimingUniformInitializer(), 0.10541, Math.sqrt(3)],
  [
    'kaimingNormal by fan out',
    kaimingNormalInitializer({ mode: 'fanOut', negativeSlope: 0.2 }),
    0.08006,
    Infinity,
  ],
  [
    'kaimingNormal for a linear layer',
    kaimingNormalInitializer({ nonlinearity: 'linear' }),
    0.07454,
    Infinity,
  ],
  ['uniform from 0 to 1, centered', uniformInitializer(-0.5, 0.5), 1 / Math.sqrt(12), Math.sqrt(3)],
])('%s', (_, initializer, deviation, reach) => {
  test('has the mean, the deviation and the bounds of its formula', () => {
    const measured = statistics(initializer, shape);
    expect(Math.abs(measured.deviation / deviation - 1)).toBeLessThan(0.02);
    expect(Math.abs(measured.mean)).toBeLessThan(0.03 * deviation);
    expect(Math.max(measured.high, -measured.low)).toBeLessThanOrEqual(reach * deviation * 1.0001);
    expect(Math.max(measured.high, -measured.low)).toBeGreaterThan(1.7 * deviation);
  });
});

test('normal and uniform take the place of their center', () => {
  const normal = statistics(normalInitializer(0.5, 3), shape);
  expect([normal.mean, normal.deviation]).toEqual([expect.closeTo(3, 1), expect.closeTo(0.5, 2)]);
  const uniform = statistics(uniformInitializer(2, 6), shape);
  expect(uniform.mean).toBeCloseTo(4, 1);
  expect([Math.floor(uniform.low), Math.ceil(uniform.high)]).toEqual([2, 6]);
});

test.each<[Required<Pick<TruncatedNormalOptions, 'low' | 'high'>> & TruncatedNormalOptions, number, number]>([
  // mean and deviation of a normal cut to [a, b], by its moments
  [{ low: -2, high: 2 }, 0, 0.8796],
  [{ low: 1, high: 3 }, 1.51, 0.4165],
  [{ low: -0.5, high: 1 }, 0.2066, 0.4157],
  [{ low: 5, high: Infinity }, 5.1865, 0.1808],
  [{ mean: 1, standardDeviation: 2, low: -3, high: 5 }, 1, 1.7593],
])('a normal cut to %o has the moments of the formula', (options, mean, deviation) => {
  const measured = statistics(truncatedNormalInitializer(options), [20_000]);
  expect(Math.abs(measured.mean - mean)).toBeLessThan(0.02 * deviation + 0.01);
  expect(Math.abs(measured.deviation / deviation - 1)).toBeLessThan(0.02);
  const { low, high } = options;
  expect([measured.low >= low, measured.high <= high]).toEqual([true, true]);
});

test('gains are those of PyTorch', () => {
  expect(calculateGain('linear')).toBe(1);
  expect(calculateGain('sigmoid')).toBe(1);
  expect(calculateGain('tanh')).toBe(5 / 3);
  expect(calculateGain('relu')).toBe(Math.SQRT2);
  expect(calculateGain('leakyRelu')).toBeCloseTo(1.4141428569978354, 12);
  expect(calculateGain('leakyRelu', 0.2)).toBeCloseTo(1.3867504905630728, 12);
  expect(calculateGain('selu')).toBe(0.75);
});

test.each([
  [[5, 8], 1],
  [[8, 5], 1],
  [[6, 2, 3], 0.5],
  [[40, 40], 2],
])('an orthogonal start of shape %j has orthogonal vectors as long as its gain %d', (shape, gain) => {
  const [rows, columns] = [shape[0]!, shape.slice(1).reduce((product, size) => product * size, 1)];
  const values = orthogonalInitializer({ gain })(shape, new RandomStream(3));
  const wide = rows <= columns;
  const at = (vector: number, place: number): number =>
    values[wide ? vector * columns + place : place * columns + vector]!;
  for (let a = 0; a < Math.min(rows, columns); a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let place = 0; place < Math.max(rows, columns); place++) product += at(a, place) * at(b, place);
      expect(product).toBeCloseTo(a === b ? gain ** 2 : 0, 5);
    }
  }
});

test('the identity need not be square', () => {
  expect([...eyeInitializer()([2, 3], new RandomStream(0))]).toEqual([1, 0, 0, 0, 1, 0]);
  expect([...eyeInitializer()([3, 2], new RandomStream(0))]).toEqual([1, 0, 0, 1, 0, 0]);
});

test('the same seed gives the same numbers, and every initializer has a name', () => {
  const names: (keyof NamedInitializers)[] = [
    'uniform',
    'normal',
    'truncatedNormal',
    'xavierUniform',
    'xavierNormal',
    'kaimingUniform',
    'kaimingNormal',
    'orthogonal',
  ];
  for (const name of names) {
    const draw = (seed: number) => namedInitializer(name)([4, 6], new RandomStream(seed));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  }
  const random = new RandomStream(0);
  expect([...namedInitializer('ones')([2], random)]).toEqual([1, 1]);
  expect([...namedInitializer('zeros')([2], random)]).toEqual([0, 0]);
  expect([...namedInitializer('constant', { value: 0.25 })([1], random)]).toEqual([0.25]);
  expect([...namedInitializer('eye')([1, 2], random)]).toEqual([1, 0]);
});

test.each<[() => unknown, string]>([
  [
    () => namedInitializer('xavier' as 'eye'),
    'namedInitializer: name must be one of uniform, normal, truncatedNormal,',
  ],
  [() => calculateGain('gelu' as 'relu'), 'calculateGain: nonlinearity must be one of linear, sigmoid, tanh'],
  [
    () => kaimingNormalInitializer({ mode: 'fan_in' as 'fanIn' }),
    "kaimingNormalInitializer: mode must be 'fanIn' or 'fanOut', got fan_in.",
  ],
  [
    () => xavierNormalInitializer()([3], new RandomStream(0)),
    'initializer: shape must be [out, in, ...] to have a fan in and a fan out, got [3].',
  ],
  [() => orthogonalInitializer()([3], new RandomStream(0)), 'shape must have two axes or more, got [3].'],
  [() => eyeInitializer()([3], new RandomStream(0)), 'eyeInitializer: shape must be a matrix, got [3].'],
  [
    () => truncatedNormalInitializer({ low: 1, high: 1 }),
    'truncatedNormalInitializer: low must be below high, got 1 and 1.',
  ],
  [() => truncatedNormalInitializer({ standardDeviation: 0 }), 'standardDeviation must be positive, got 0.'],
])('what an initializer cannot do is refused (%#)', (start, message) => {
  expect(start).toThrow(message);
});

describe('a built model', () => {
  class Branch extends Module {
    readonly expand = new Linear(20, 80);
    readonly output = new Linear(80, 20);
    readonly scale = new Parameter(new Float32Array(20).fill(1), [20]);
  }
  class Model extends Module {
    readonly blocks = [new Branch(), new Branch()];
    readonly head = new Linear(20, 300);
  }
  const deviation = ({ data }: Parameter): number =>
    Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);

  test('starts by the first rule that chooses a parameter, and keeps the rest', () => {
    const model = new Model();
    const kept = model.blocks[1]!.expand.weight.data.slice();
    const rules = [
      ['head', constantInitializer(0.5)],
      [/\.0\..*weight/, constantInitializer(2)],
      ['**', constantInitializer(1)],
    ] as const;
    initializeParameters(model, rules.slice(0, 2), { random: new RandomStream(1) });
    expect(model.head.bias!.data[0]).toBe(0.5);
    expect(model.blocks[0]!.expand.weight.data[5]).toBe(2);
    expect(model.blocks[1]!.expand.weight.data).toEqual(kept);
    initializeParameters(model, rules, { random: new RandomStream(1) });
    expect(model.head.weight.data[3]).toBe(0.5);
    expect(model.blocks[1]!.expand.weight.data[0]).toBe(1);
    const wrong = [['head', constantInitializer(9)] as const, ['tail', constantInitializer(9)] as const];
    expect(() => initializeParameters(model, wrong, { random: new RandomStream(1) })).toThrow(
      'initializeParameters: rules must each choose a parameter, got tail.',
    );
    expect(model.head.weight.data[3]).toBe(0.5);
  });

  test('starts as GPT-2: 0.02, and less where branches end', () => {
    const model = new Model();
    model.head.bias!.data.fill(4);
    initializeAsGpt2(model, {
      layerCount: 8,
      residual: 'blocks.*.output.weight',
      random: new RandomStream(2),
    });
    expect(deviation(model.head.weight)).toBeCloseTo(0.02, 3);
    expect(deviation(model.blocks[1]!.output.weight)).toBeCloseTo(0.005, 3);
    expect(deviation(model.blocks[1]!.scale)).toBe(1);
    expect(deviation(model.head.bias!)).toBe(0);
    const options = { layerCount: 0, residual: '**', random: new RandomStream(2) };
    expect(() => initializeAsGpt2(model, options)).toThrow(
      'initializeAsGpt2: layerCount must be a positive integer, got 0.',
    );
  });
});
