import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectSameAsEager, floats, integers, testKernels } from '../../../test/same-as-eager.ts';
import { type TensorData, tensorData } from '../../index.ts';

const side = fc.integer({ min: 1, max: 6 });

testKernels(
  ['ResizeBilinear', 'ResizeNearestNeighbor'],
  {
    sizes: fc.record({
      from: fc.tuple(side, side),
      to: fc.tuple(side, side),
      corners: fc.constantFrom<'align' | 'half' | 'neither'>('align', 'half', 'neither'),
    }),
    runs: 20,
  },
  async ({ from, to, corners }, random) => {
    const [align, half] = [corners === 'align', corners === 'half'];
    await expectSameAsEager({
      inputs: { x: floats(random, [2, ...from, 2]), n: integers(random, [1, ...from, 1], -9, 9) },
      program: ({ x, n }) => ({
        bilinear: tf.image.resizeBilinear(x as tf.Tensor4D, to, align, half),
        nearest: tf.image.resizeNearestNeighbor(x as tf.Tensor4D, to, align, half),
        'bilinear of integers': tf.image.resizeBilinear(n as tf.Tensor4D, to, align, half),
        'nearest of integers': tf.image.resizeNearestNeighbor(n as tf.Tensor4D, to, align, half),
      }),
    });
  },
);

/** Boxes of which some reach out of the image, and some are turned over. */
function boxes(random: { uniform(): number }, count: number): TensorData {
  const edges = Float32Array.from({ length: 4 * count }, () => 1.3 * random.uniform() - 0.15);
  return tensorData(edges, [count, 4]);
}

testKernels(
  ['CropAndResize'],
  { sizes: fc.record({ image: fc.tuple(side, side), crop: fc.tuple(side, side) }), runs: 12 },
  async ({ image, crop }, random) => {
    const inputs = {
      x: floats(random, [2, ...image, 2]),
      boxes: boxes(random, 3),
      of: integers(random, [3], 0, 2),
    };
    const crops = (method: 'bilinear' | 'nearest') => (tensors: Record<string, tf.Tensor>) => {
      const { x, boxes, of } = tensors;
      const operands = [x as tf.Tensor4D, boxes as tf.Tensor2D, of as tf.Tensor1D] as const;
      return { y: tf.image.cropAndResize(...operands, crop, method, 0.5) };
    };
    await expectSameAsEager({ inputs, gradients: ['x'], program: crops('bilinear') });
    await expectSameAsEager({ inputs, gradients: ['x'], program: crops('nearest') });
  },
);

testKernels(
  ['Transform', 'RotateWithOffset'],
  {
    sizes: fc.record({
      image: fc.tuple(side, side),
      to: fc.tuple(side, side),
      radians: fc.double({ min: -3, max: 3, noNaN: true }),
    }),
    runs: 6,
  },
  async ({ image, to, radians }, random) => {
    const near = (value: number): number => value + 0.6 * (random.uniform() - 0.5);
    const projection = [near(1), near(0), near(0), near(0), near(1), near(0), 0.05, 0.03];
    const modes = ['constant', 'reflect', 'wrap', 'nearest'] as const;
    await expectSameAsEager({
      inputs: {
        x: floats(random, [1, ...image, 2]), // the eager backend transforms no more than one
        transform: tensorData(Float32Array.from(projection), [1, 8]),
      },
      gradients: ['x'],
      program: (inputs) => {
        const x = inputs.x as tf.Tensor4D;
        const transform = inputs.transform as tf.Tensor2D;
        const outputs: Record<string, tf.Tensor> = {
          turned: tf.image.rotateWithOffset(x, radians, 0.5, [0.4, 0.7]),
          'turned in color': tf.image.rotateWithOffset(tf.concat([x, x], 3), radians, [1, 2, 3]),
        };
        for (const mode of modes) {
          outputs[`nearest, ${mode}`] = tf.image.transform(x, transform, 'nearest', mode, 0.5, to);
          outputs[`bilinear, ${mode}`] = tf.image.transform(x, transform, 'bilinear', mode, 0.5);
        }
        return outputs;
      },
    });
  },
);

/** On a plane, what is read between pixels has no kinks, so that the gradients of the places can be checked too. */
testKernels(['CropAndResize', 'Transform'], { sizes: fc.constant(0), runs: 4 }, async (_, random) => {
  const plane = (rows: number, columns: number): tf.Tensor4D => {
    const x = tf.range(0, columns);
    const y = tf.reshape(tf.range(0, rows), [rows, 1]);
    return tf.reshape(tf.add(tf.mul(x, 0.3), tf.mul(y, -0.2)), [1, rows, columns, 1]);
  };
  const inner = Float32Array.from({ length: 8 }, () => 0.1 + 0.8 * random.uniform());
  await expectSameAsEager({
    inputs: {
      boxes: tensorData(inner, [2, 4]),
      transform: tensorData(Float32Array.of(0.7, 0.1, 1, -0.1, 0.6, 1, 0.02, 0.01), [1, 8]),
    },
    program: ({ boxes, transform }) => ({
      crops: tf.image.cropAndResize(plane(6, 7), boxes as tf.Tensor2D, tf.tensor1d([0, 0], 'int32'), [3, 4]),
      transformed: tf.image.transform(
        plane(6, 7),
        transform as tf.Tensor2D,
        'bilinear',
        'constant',
        0,
        [3, 4],
      ),
    }),
  });
});

testKernels(
  ['LRN', 'LRNGrad'],
  { sizes: fc.record({ channels: side, radius: fc.integer({ min: 1, max: 4 }) }), runs: 6 },
  async ({ channels, radius }, random) => {
    await expectSameAsEager({
      inputs: { x: floats(random, [2, 2, 3, channels]) },
      program: ({ x }) => ({
        y: tf.localResponseNormalization(x as tf.Tensor4D, radius, 1.5, 0.3, 0.75),
      }),
    });
  },
);

testKernels(
  ['Dilation2D', 'Dilation2DBackpropInput', 'Dilation2DBackpropFilter'],
  {
    sizes: fc.record({
      space: fc.tuple(fc.integer({ min: 5, max: 6 }), fc.integer({ min: 5, max: 6 })),
      window: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      steps: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      gap: fc.constantFrom(1, 2),
      pad: fc.constantFrom<'same' | 'valid'>('same', 'valid'),
    }),
    runs: 10,
  },
  async ({ space, window, steps, gap, pad }, random) => {
    const strides = gap > 1 ? 1 : steps;
    await expectSameAsEager({
      // No two sums are near: those of the filter fit between those of the image.
      inputs: { x: floats(random, [1, ...space, 1], 0.8), filter: floats(random, [...window, 1]) },
      program: ({ x, filter }) => {
        const integers = [tf.cast(x!, 'int32'), tf.cast(tf.mul(filter!, 9), 'int32')] as const;
        return {
          y: tf.dilation2d(x as tf.Tensor4D, filter as tf.Tensor3D, strides, pad, gap as never),
          integers: tf.dilation2d(integers[0] as tf.Tensor4D, integers[1] as tf.Tensor3D, strides, pad),
        };
      },
    });
  },
);
