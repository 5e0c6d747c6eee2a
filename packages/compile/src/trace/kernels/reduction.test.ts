import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectSameAsEager, flags, floats, integers, testKernels } from '../../../test/same-as-eager.ts';

/** A shape, some of its axes counted from either end, and one of them. */
const axes = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    chosen: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    fromEnd: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    one: fc.nat(3),
    keep: fc.boolean(),
  })
  .map(({ shape, chosen, fromEnd, one, keep }) => {
    const named = (axis: number): number => (fromEnd[axis] ? axis - shape.length : axis);
    const some = shape.map((_, axis) => axis).filter((axis) => chosen[axis]);
    return {
      shape,
      some: some.reverse().map(named),
      one: named(one % shape.length),
      last: one % shape.length,
      keep,
    };
  });

testKernels(
  ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'All', 'Any', 'ArgMax', 'ArgMin'],
  { sizes: axes, runs: 15 },
  async ({ shape, some, one, keep }, random) => {
    const kinds = { Sum: tf.sum, Mean: tf.mean, Max: tf.max, Min: tf.min, Prod: tf.prod };
    await expectSameAsEager({
      inputs: { x: floats(random, shape), n: integers(random, shape, -3, 4), p: flags(random, shape) },
      program: ({ x, n, p }) => {
        const outputs: Record<string, tf.Tensor> = {
          All: tf.all(p!, some, keep),
          Any: tf.any(p!, some, keep),
          'All of all': tf.all(p!),
          'Any of one axis': tf.any(p!, one),
          ArgMax: tf.argMax(x!, one),
          'ArgMax of integers': tf.argMax(n!, one),
          'ArgMin of flags': tf.argMin(p!, one),
          ArgMin: tf.argMin(x!, one),
        };
        for (const [name, reduce] of Object.entries(kinds)) {
          const scaled = name === 'Prod' ? tf.mul(x!, 0.5) : x!;
          outputs[name] = reduce(scaled, some, keep);
          outputs[`${name} of all`] = reduce(scaled);
          outputs[`${name} of one axis`] = reduce(scaled, one);
          outputs[`${name} of integers`] = reduce(n!, some, keep);
          outputs[`${name} of flags`] = reduce(p!, one, keep);
        }
        return outputs;
      },
    });
  },
);

testKernels(
  ['Cumprod', 'Cumsum', 'Softmax'],
  { sizes: fc.tuple(axes, fc.boolean(), fc.boolean()), runs: 12 },
  async ([{ shape, last: axis }, exclusive, reverse], random) => {
    await expectSameAsEager({
      inputs: { x: floats(random, shape), n: integers(random, shape, -3, 4), p: flags(random, shape) },
      program: ({ x, n, p }) => ({
        Cumprod: tf.cumprod(tf.mul(x!, 0.5), axis, exclusive, reverse),
        'Cumprod of integers': tf.cumprod(n!, axis, exclusive, reverse),
        Cumsum: tf.cumsum(x!, axis, exclusive, reverse),
        'Cumsum of integers': tf.cumsum(n!, axis, exclusive, reverse),
        'Cumsum of flags': tf.cumsum(p!, axis, exclusive, reverse),
        Softmax: tf.softmax(x!),
        'logarithm of Softmax': tf.logSoftmax(x!),
        'log of the sum of exponentials': tf.logSumExp(x!, axis),
      }),
    });
  },
);
