import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectSameAsEager, floats, testKernels } from '../../../test/same-as-eager.ts';

const geometry = (rank: number, sizes: { min: number; max: number }) =>
  fc.record({
    space: fc.array(fc.integer(sizes), { minLength: rank, maxLength: rank }),
    window: fc.array(fc.integer({ min: 2, max: 3 }), { minLength: rank, maxLength: rank }),
    steps: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: rank, maxLength: rank }),
    pad: fc.constantFrom<'same' | 'valid'>('same', 'valid'),
    batch: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 1, max: 2 }),
  });

testKernels(
  ['AvgPool', 'AvgPoolGrad', 'MaxPool', 'MaxPoolGrad', 'MaxPoolWithArgmax'],
  { sizes: geometry(2, { min: 4, max: 6 }), runs: 15 },
  async (drawn, random) => {
    const { space, pad, batch, channels } = drawn;
    const window = drawn.window as [number, number];
    const steps = drawn.steps as [number, number];
    await expectSameAsEager({
      inputs: { x: floats(random, [batch, ...space, channels]) },
      program: (inputs) => {
        const x = inputs.x as tf.Tensor4D;
        const integers = tf.cast(tf.mul(x, 10), 'int32') as tf.Tensor4D;
        const { result, indexes } = tf.maxPoolWithArgmax(x, window, steps, pad) as Record<string, tf.Tensor>;
        const counted = tf.maxPoolWithArgmax(x, window, steps, pad, true) as Record<string, tf.Tensor>;
        return {
          mean: tf.avgPool(x, window, steps, pad),
          maximum: tf.maxPool(x, window, steps, pad),
          'maximum of integers': tf.maxPool(integers, window, steps, pad),
          result: result!,
          indexes: indexes!,
          'indexes with batch': counted.indexes!,
          'result with batch': counted.result!,
        };
      },
    });
  },
);

testKernels(
  ['AvgPool3D', 'AvgPool3DGrad', 'MaxPool3D', 'MaxPool3DGrad'],
  { sizes: geometry(3, { min: 3, max: 5 }), runs: 12 },
  async (drawn, random) => {
    const { space, pad, channels } = drawn;
    const window = drawn.window as [number, number, number];
    const steps = drawn.steps as [number, number, number];
    await expectSameAsEager({
      inputs: { x: floats(random, [1, ...space, channels]) },
      program: ({ x }) => ({
        mean: tf.avgPool3d(x as tf.Tensor5D, window, steps, pad),
        maximum: tf.maxPool3d(x as tf.Tensor5D, window, steps, pad),
      }),
    });
  },
);

const sizes = fc.record({
  size: fc.integer({ min: 4, max: 7 }),
  rounding: fc.constantFrom<'ceil' | 'floor' | 'round'>('ceil', 'floor', 'round'),
});
/** Sizes rounded up, down or to the nearest. */
testKernels(
  ['AvgPool', 'AvgPool3D', 'MaxPool', 'MaxPool3D'],
  { sizes: sizes, runs: 8 },
  async ({ size, rounding }, random) => {
    await expectSameAsEager({
      inputs: { x: floats(random, [1, size, size, 2]), volume: floats(random, [1, size, size, size, 1]) },
      program: ({ x, volume }) => ({
        mean: tf.avgPool(x as tf.Tensor4D, 3, 2, 1, rounding),
        maximum: tf.maxPool(x as tf.Tensor4D, 3, 2, 1, rounding),
        'mean of a volume': tf.avgPool3d(volume as tf.Tensor5D, 3, 2, 1, rounding),
        'maximum of a volume': tf.maxPool3d(volume as tf.Tensor5D, 3, 2, 1, rounding),
      }),
    });
  },
);
