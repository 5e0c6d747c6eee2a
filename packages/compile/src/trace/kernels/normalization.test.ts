import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectSameAsEager, floats, integers, testKernels } from '../../../test/same-as-eager.ts';
import { isTracing } from '../trace-backend.ts';

testKernels(
  ['FusedBatchNorm'],
  {
    sizes: fc.record({ shape: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }) }),
    runs: 6,
  },
  async ({ shape }, random) => {
    const channels = [shape.at(-1)!];
    await expectSameAsEager({
      inputs: {
        x: floats(random, shape),
        mean: floats(random, channels),
        spread: floats(random, channels),
        offset: floats(random, channels),
        scale: floats(random, channels),
      },
      program: (inputs) => {
        const variance = tf.add(tf.square(inputs.spread!), 0.5) as tf.Tensor1D;
        const [mean, offset, scale] = [inputs.mean, inputs.offset, inputs.scale] as tf.Tensor1D[];
        return { y: tf.batchNorm(inputs.x!, mean!, variance, offset, scale, 1e-3) };
      },
    });
    // Without an offset or a scale tfjs cannot differentiate eagerly.
    await expectSameAsEager({
      gradients: [],
      inputs: { x: floats(random, shape), mean: floats(random, channels) },
      program: ({ x, mean }) => ({ y: tf.batchNorm(x!, mean as tf.Tensor1D, tf.ones([channels[0]!])) }),
    });
    await expectSameAsEager({
      inputs: { x: floats(random, shape), mean: floats(random, channels), scale: floats(random, channels) },
      program: (inputs) => {
        const [mean, scale] = [inputs.mean, inputs.scale] as tf.Tensor1D[];
        const [one, zero] = [tf.onesLike(mean!), tf.zerosLike(mean!)];
        const given = (value: tf.Tensor1D): tf.Tensor1D | undefined => (isTracing() ? undefined : value);
        return {
          scaled: tf.batchNorm(inputs.x!, mean!, one, given(zero), scale!, 1e-3),
          shifted: tf.batchNorm(inputs.x!, mean!, one, scale!, given(one), 1e-3),
          plain: tf.batchNorm(inputs.x!, mean!, one, given(zero), given(one), 1e-3),
        };
      },
    });
  },
);

testKernels(['EluGrad'], { sizes: fc.constant(6), runs: 2 }, async (length, random) => {
  await expectSameAsEager({
    gradients: [],
    inputs: { dy: floats(random, [length]), y: floats(random, [length]) },
    program: ({ dy, y }) => ({ dx: tf.engine().runKernel('EluGrad', { dy: dy!, y: y! }) as tf.Tensor }),
  });
});

testKernels(
  ['AddN'],
  { sizes: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 })), runs: 4 },
  async ([length, more], random) => {
    await expectSameAsEager({
      inputs: {
        a: floats(random, [length, 2]),
        b: floats(random, [length, 2]),
        n: integers(random, [length, 2], -9, 9),
      },
      program: ({ a, b, n }) => ({
        sum: tf.addN([a!, ...Array.from({ length: more }, () => b!)]),
        'sum of integers': tf.addN(Array.from({ length: more + 1 }, () => n!)),
      }),
    });
  },
);
