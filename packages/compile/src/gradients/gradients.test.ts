import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { RandomStream } from '../index.ts';
import { ensureGradients } from './ensure-gradients.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
  ensureGradients();
});

const random = new RandomStream(4);
const ids = (values: number[], shape: number[]): tf.Tensor => tf.tensor(values, shape, 'int32');

interface Case {
  readonly shapes: readonly number[][];
  readonly apply: (...xs: tf.Tensor[]) => tf.Tensor;
}

const CASES: Record<string, Case> = {
  'maximum, broadcast': {
    shapes: [
      [2, 3, 4],
      [3, 1],
    ],
    apply: (a, b) => tf.maximum(a!, b!),
  },
  'minimum, broadcast on both sides': {
    shapes: [
      [2, 1, 4],
      [3, 1],
    ],
    apply: (a, b) => tf.minimum(a!, b!),
  },
  'squaredDifference, broadcast': { shapes: [[4], [2, 4]], apply: (a, b) => tf.squaredDifference(a!, b!) },
  'matMul, one batch against many': {
    shapes: [
      [3, 2, 4],
      [1, 4, 5],
    ],
    apply: (a, b) => tf.matMul(a!, b!),
  },
  'matMul, matrix against batch, both transposed': {
    shapes: [
      [4, 2],
      [3, 5, 4],
    ],
    apply: (a, b) => tf.matMul(a!, b!, true, true),
  },
  'matMul, second transposed': {
    shapes: [
      [1, 2, 4],
      [3, 5, 4],
    ],
    apply: (a, b) => tf.matMul(a!, b!, false, true),
  },
  'matMul, first transposed': {
    shapes: [
      [3, 4, 2],
      [4, 5],
    ],
    apply: (a, b) => tf.matMul(a!, b!, true, false),
  },
  'cumsum along an inner axis': { shapes: [[2, 3, 2]], apply: (x) => tf.cumsum(x!, 1, true, true) },
  cumprod: { shapes: [[2, 4]], apply: (x) => tf.cumprod(x!, 1) },
  'cumprod, exclusive and reverse': { shapes: [[3, 2]], apply: (x) => tf.cumprod(x!, 0, true, true) },
  'stridedSlice with negative strides': {
    shapes: [[4, 5]],
    apply: (x) => tf.stridedSlice(x!, [-1, 4], [-5, 0], [-2, -3]),
  },
  'mirrorPad, reflect': {
    shapes: [[3, 3]],
    apply: (x) =>
      tf.mirrorPad(
        x!,
        [
          [2, 1],
          [0, 2],
        ],
        'reflect',
      ),
  },
  topk: { shapes: [[3, 5]], apply: (x) => tf.topk(x!, 2).values },
  'gatherND, with a row taken twice': {
    shapes: [[3, 2]],
    apply: (x) => tf.gatherND(x!, ids([2, 0, 2], [3, 1])),
  },
  'scatterND, with a row hit twice': {
    shapes: [[3, 2]],
    apply: (x) => tf.scatterND(ids([1, 3, 1], [3, 1]), x!, [4, 2]),
  },
  tensorScatterUpdate: {
    shapes: [
      [4, 2],
      [2, 2],
    ],
    apply: (x, y) => tf.tensorScatterUpdate(x!, ids([1, 3], [2, 1]), y!),
  },
  diag: { shapes: [[3]], apply: (x) => tf.diag(x!) },
  flipLeftRight: { shapes: [[1, 2, 3, 1]], apply: (x) => tf.image.flipLeftRight(x as tf.Tensor4D) },
  depthToSpace: { shapes: [[1, 2, 1, 8]], apply: (x) => tf.depthToSpace(x as tf.Tensor4D, 2) },
  'einsum of two matrices': {
    shapes: [
      [2, 3],
      [3, 4],
    ],
    apply: (a, b) => tf.einsum('ij,jk->ki', a!, b!),
  },
  'where, by a comparison of what is differentiated': {
    shapes: [[2, 3], [3]],
    apply: (a, b) => tf.where(tf.greater(a!, tf.mul(b!, 0.1)), tf.square(a!), b!),
  },
  'split into one part, unstack of one': {
    shapes: [[1, 3]],
    apply: (x) => tf.add(tf.split(x!, 1, 1)[0]!, tf.unstack(x!)[0]!),
  },
  'tile of five axes': { shapes: [[2, 1, 2, 1, 3]], apply: (x) => tf.tile(x!, [1, 3, 2, 1, 2]) },
  'gather along the last axis': { shapes: [[2, 3]], apply: (x) => tf.gather(x!, ids([2, 0, 2, 1], [4]), -1) },
  'gather with one batch dimension, two axes later': {
    shapes: [[2, 2, 3, 2]],
    apply: (x) => tf.gather(x!, ids([2, 0, 2, 1, 1, 0], [2, 3]), 2, 1),
  },
  'gather with two batch dimensions': {
    shapes: [[2, 1, 3, 2]],
    apply: (x) => tf.gather(x!, ids([2, 2, 0, 1, 1, 1], [2, 1, 3]), 2, 2),
  },
  'max over two axes, min over one': {
    shapes: [[2, 3, 2]],
    apply: (x) => tf.add(tf.max(x!, [0, 2], true), tf.min(x!, -1, true)),
  },
  'prod over two axes, the last first': { shapes: [[2, 3, 2]], apply: (x) => tf.prod(x!, [-1, 0]) },
  'batchNorm with statistics of one example each': {
    shapes: [
      [2, 2, 3, 2],
      [2, 2, 3, 2],
      [2, 2, 3, 2],
      [2, 2, 3, 2],
      [2, 2, 3, 2],
    ],
    apply: (x, mean, variance, scale, offset) =>
      tf.batchNorm4d(
        x as tf.Tensor4D,
        mean as tf.Tensor4D,
        tf.square(variance as tf.Tensor4D),
        offset as tf.Tensor4D,
        scale as tf.Tensor4D,
        0.5,
      ),
  },
  'einsum of one operand': { shapes: [[2, 3, 2]], apply: (x) => tf.einsum('abc->ca', x!) },
};

test.each(Object.entries(CASES))('%s has the slope of finite differences', (_, { shapes, apply }) => {
  const xs = shapes.map((shape) =>
    tf.tensor(
      Array.from({ length: tf.util.sizeFromShape(shape) }, () => 4 * random.uniform() - 2),
      shape,
    ),
  );
  /** A fixed weighting of the result, so that every element counts differently. */
  const loss = (...xs: tf.Tensor[]): tf.Scalar =>
    tf.tidy(() => {
      const y = apply(...xs);
      return tf.sum(tf.mul(y, tf.reshape(tf.sin(tf.range(1, y.size + 1)), y.shape)));
    });
  const { grads } = tf.engine().gradients(() => loss(...xs), xs);
  const step = 1e-2;
  for (const [index, x] of xs.entries()) {
    const values = x.dataSync();
    const moved = (place: number, by: number): number => {
      const copy = Float32Array.from(values);
      copy[place]! += by;
      return loss(...xs.with(index, tf.tensor(copy, x.shape))).dataSync()[0]!;
    };
    expect(grads[index]!.shape).toEqual(x.shape);
    grads[index]!.dataSync().forEach((slope, place) => {
      // Richardson's extrapolation: float32 leaves no digits for small steps.
      const difference = (h: number): number => (moved(place, h) - moved(place, -h)) / (2 * h);
      const expected = (4 * difference(step) - difference(2 * step)) / 3;
      expect(Math.abs(slope - expected)).toBeLessThan(5e-3 * Math.max(1, Math.abs(expected)));
    });
  }
});

test.each<[string, (x: tf.Tensor) => tf.Tensor, number[], number[]]>([
  ['equal maxima share the gradient', (x) => tf.max(x), [3, 1, 3, 3], [1 / 3, 0, 1 / 3, 1 / 3]],
  ['equal minima share the gradient', (x) => tf.min(x), [1, 2, 1, 3], [0.5, 0, 0.5, 0]],
  ['a product with one zero moves with that factor', (x) => tf.prod(x), [2, 0, 3, 1], [0, 6, 0, 0]],
  [
    'rounding to integers is flat',
    (x) => tf.sum(tf.add(tf.cast(tf.cast(x, 'int32'), 'float32'), tf.mul(x, tf.floorDiv(x, 0.7)))),
    [-1, 0.5, 1.6, 2.2],
    [-2, 0, 2, 3],
  ],
  ['abs is flat at zero', (x) => tf.sum(tf.abs(x)), [-2, 0, 3, 0], [-1, 0, 1, 0]],
  [
    'what where did not choose leaves no NaN',
    (x) => tf.sum(tf.where(tf.equal(x, 0), tf.zerosLike(x), tf.sqrt(x))),
    [4, 1, 0.25, 16],
    [0.25, 0.5, 1, 0.125],
  ],
])('%s', (_, loss, values, slope) => {
  const gradient = tf.grad(loss as (x: tf.Tensor) => tf.Scalar)(tf.tensor(values));
  expect([...gradient.dataSync()]).toEqual(slope.map(Math.fround));
});

test('comparisons, counts and places have no slope, also where integers go in', () => {
  const steps = [tf.equal, tf.notEqual, tf.less, tf.lessEqual, tf.greater, tf.greaterEqual] as const;
  const loss = (x: tf.Tensor): tf.Scalar => {
    const integers = tf.cast(x, 'int32');
    const flags = steps.flatMap((step) => [step(x, 0.5), step(integers, tf.scalar(1, 'int32'))]);
    const [first, second] = flags as [tf.Tensor, tf.Tensor];
    const logical = [tf.logicalAnd(first, second), tf.logicalOr(first, second), tf.logicalXor(first, second)];
    const places = [tf.argMax(x), tf.argMin(integers), tf.any(first), tf.all(second), tf.logicalNot(first)];
    const bits = tf.bitwiseAnd(integers, integers);
    const counted = [...flags, ...logical, ...places, bits].map((step) => tf.sum(tf.cast(step, 'float32')));
    return tf.addN(counted) as tf.Scalar;
  };
  expect([
    ...tf
      .grad(loss)(tf.tensor([-1, 0.4, 1, 2]))
      .dataSync(),
  ]).toEqual([0, 0, 0, 0]);
});
