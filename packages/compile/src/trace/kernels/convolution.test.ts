import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expectSameAsEager, floats, testKernels } from '../../../test/same-as-eager.ts';

/** The axes of a convolution, their windows and steps; where there are gaps, tfjs wants steps of 1. */
const geometry = (rank: number, sizes: { min: number; max: number }) =>
  fc.record({
    space: fc.array(fc.integer(sizes), { minLength: rank, maxLength: rank }),
    window: fc.array(fc.integer({ min: 2, max: 3 }), { minLength: rank, maxLength: rank }),
    steps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: rank, maxLength: rank }),
    gap: fc.constantFrom(1, 1, 2),
    pad: fc.constantFrom<'same' | 'valid' | 1>('same', 'valid', 1),
    batch: fc.integer({ min: 1, max: 2 }),
    inChannels: fc.integer({ min: 1, max: 2 }),
    outChannels: fc.integer({ min: 1, max: 2 }),
  });

testKernels(
  [
    'Conv2D',
    'Conv2DBackpropFilter',
    'Conv2DBackpropInput',
    'DepthwiseConv2dNative',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
  ],
  { sizes: geometry(2, { min: 5, max: 7 }), runs: 20 },
  async (drawn, random) => {
    const { space, window, steps, gap, pad, batch, inChannels, outChannels } = drawn;
    const strides = (gap > 1 ? [1, 1] : steps) as [number, number];
    await expectSameAsEager({
      inputs: {
        x: floats(random, [batch, ...space, inChannels]),
        full: floats(random, [...window, inChannels, outChannels]),
        apart: floats(random, [...window, inChannels, outChannels]),
      },
      program: ({ x, full, apart }) => ({
        full: tf.conv2d(x as tf.Tensor4D, full as tf.Tensor4D, strides, pad, 'NHWC', gap),
        apart: tf.depthwiseConv2d(x as tf.Tensor4D, apart as tf.Tensor4D, strides, pad, 'NHWC', gap),
      }),
    });
  },
);

testKernels(
  ['Conv3D', 'Conv3DBackpropFilterV2', 'Conv3DBackpropInputV2'],
  { sizes: geometry(3, { min: 5, max: 6 }), runs: 12 },
  async (drawn, random) => {
    const { space, window, steps, gap, pad, inChannels, outChannels } = drawn;
    const strides = (gap > 1 ? [1, 1, 1] : steps) as [number, number, number];
    await expectSameAsEager({
      inputs: {
        x: floats(random, [1, ...space, inChannels]),
        filter: floats(random, [...window, inChannels, outChannels]),
      },
      program: ({ x, filter }) => ({
        y: tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, strides, pad as 'same', 'NDHWC', [
          gap,
          gap,
          gap,
        ]),
      }),
    });
  },
);

/** Transposed convolutions, and gradients of gradients. */
testKernels(
  [
    'Conv2DBackpropInput',
    'Conv3DBackpropInputV2',
    'Conv2DBackpropFilter',
    'DepthwiseConv2dNativeBackpropFilter',
  ],
  { sizes: fc.constantFrom<'same' | 'valid'>('same', 'valid'), runs: 4 },
  async (pad, random) => {
    const size = (filter: number) => (pad === 'same' ? 6 : (3 - 1) * 2 + filter);
    const attributes = { strides: [2, 2], pad, dataFormat: 'NHWC', dilations: 1 };
    const slope = (kernel: string, x: tf.Tensor, dy: tf.Tensor, filterShape: number[]): tf.Tensor =>
      tf.engine().runKernel(kernel, { x, dy }, { ...attributes, filterShape }) as tf.Tensor;
    await expectSameAsEager({
      inputs: {
        y: floats(random, [1, 3, 3, 2]),
        filter: floats(random, [3, 2, 2, 2]),
        x: floats(random, [1, size(3), size(2), 2]),
        volume: floats(random, [1, 3, 3, 3, 1]),
        cube: floats(random, [3, 2, 2, 2, 1]),
      },
      program: ({ x, y, filter, volume, cube }) => ({
        planar: tf.conv2dTranspose(y as tf.Tensor4D, filter as tf.Tensor4D, [1, size(3), size(2), 2], 2, pad),
        spatial: tf.conv3dTranspose(
          volume as tf.Tensor5D,
          cube as tf.Tensor5D,
          [1, size(3), size(2), size(2), 2],
          2,
          pad,
        ),
        full: slope('Conv2DBackpropFilter', x!, y!, [3, 2, 2, 2]),
        apart: slope('DepthwiseConv2dNativeBackpropFilter', x!, y!, [3, 2, 2, 1]),
      }),
    });
  },
);

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;
testKernels(
  ['FusedConv2D', 'FusedDepthwiseConv2D'],
  { sizes: geometry(2, { min: 4, max: 5 }), runs: 5 },
  async (drawn, random) => {
    const { space, window, pad, batch, inChannels, outChannels } = drawn;
    await expectSameAsEager({
      gradients: [],
      inputs: {
        x: floats(random, [batch, ...space, inChannels]),
        filter: floats(random, [...window, inChannels, outChannels]),
        bias: floats(random, [outChannels]),
        perChannel: floats(random, [inChannels * outChannels]),
      },
      program: ({ x, filter, bias, perChannel }) => {
        const operands = { x: x as tf.Tensor4D, filter: filter as tf.Tensor4D };
        const shared = { ...operands, strides: 1, pad, leakyreluAlpha: 0.1 };
        const outputs = activations.map((activation) => [
          [
            `full ${activation}`,
            tf.fused.conv2d({ ...shared, bias: bias!, activation, preluActivationWeights: bias! }),
          ],
          [
            `apart ${activation}`,
            tf.fused.depthwiseConv2d({
              ...shared,
              bias: perChannel!,
              activation,
              preluActivationWeights: perChannel!,
            }),
          ],
        ]);
        return Object.fromEntries(outputs.flat()) as Record<string, tf.Tensor>;
      },
    });
  },
);
