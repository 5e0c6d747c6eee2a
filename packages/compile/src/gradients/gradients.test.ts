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
