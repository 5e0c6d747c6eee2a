import * as tf from '@tensorflow/tfjs-core';
import { type PoolAttributes, poolAxes } from '../trace/kernels/pooling.ts';
import type { WindowAxis } from '../trace/kernels/windows.ts';
import { isTracing } from '../trace/trace-backend.ts';
import { axisMap, transposedMaps } from './separable-maps.ts';

/**
 * Gradients of pooling. tfjs's count padding in means, and forget how sizes were rounded.
 */
export const poolingGradients: readonly tf.GradConfig[] = [
  averageGradient('AvgPool', 'AvgPoolGrad'),
  averageGradient('AvgPool3D', 'AvgPool3DGrad'),
  maximumGradient('MaxPool', 'MaxPoolGrad'),
  maximumGradient('MaxPool3D', 'MaxPool3DGrad'),
  {
    kernelName: 'MaxPoolWithArgmax',
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (dys, saved, attributes) => {
      const [dy] = dys as tf.Tensor[];
      const [x, indices] = saved as [tf.Tensor, tf.Tensor];
      const { includeBatchInIndex } = attributes as unknown as { includeBatchInIndex: boolean };
      return {
        x: () => {
          const batch = x.shape[0]!;
          const starts = Int32Array.from({ length: batch }, (_, index) => index * (x.size / batch));
          const places = includeBatchInIndex ? indices : tf.add(indices, tf.tensor(starts, [batch, 1, 1, 1]));
          const flat = tf.reshape(places, [-1]) as tf.Tensor1D;
          return tf.reshape(tf.unsortedSegmentSum(tf.reshape(dy!, [-1]), flat, x.size), x.shape);
        },
      };
    },
  },
];

function averageGradient(kernelName: string, gradientKernel: string): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () =>
        isTracing()
          ? run(gradientKernel, { dy: dy as tf.Tensor, input: x! }, attributes)
          : spreadMeans(dy as tf.Tensor, x!, attributes as unknown as PoolAttributes),
    }),
  };
}

/** A mean over a box is one over each axis in turn. */
function spreadMeans(dy: tf.Tensor, x: tf.Tensor, attributes: PoolAttributes): tf.Tensor {
  const maps = poolAxes(x.shape, attributes).map(
    ({ out, size, skipped, dropped, window, stride, before }) => {
      const means = axisMap(out, skipped + size + dropped);
      for (let place = 0; place < out; place++) {
        const first = Math.max(0, place * stride - before);
        const end = Math.min(size, place * stride - before + window);
        const row = place * means.columns + skipped;
        means.matrix.fill(1 / (end - first), row + first, row + end);
      }
      return means;
    },
  );
  return transposedMaps(dy, maps);
}

function maximumGradient(kernelName: string, gradientKernel: string): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [input, output] = saved as [tf.Tensor, tf.Tensor];
      const inputs = { dy: dy as tf.Tensor, input, output };
      const { dimRoundingMode } = attributes as unknown as PoolAttributes;
      const plain = input.rank === 4 && (dimRoundingMode === undefined || dimRoundingMode === null);
      return {
        x: () =>
          isTracing() || plain
            ? run(gradientKernel, inputs, attributes)
            : eagerMaximumGradient(inputs.dy, input, attributes as unknown as PoolAttributes),
      };
    },
  };
}

/**
 * Eager kernels round sizes down, and that of three axes mistakes places where the window is not as high as wide. So the
 * padding is made part of the input, and the maximum of a volume is that of planes, and then along the depth.
 */
function eagerMaximumGradient(dy: tf.Tensor, x: tf.Tensor, attributes: PoolAttributes): tf.Tensor {
  const axes = poolAxes(x.shape, attributes);
  const used = {
    begin: [0, ...axes.map(({ skipped }) => skipped), 0],
    size: [x.shape[0]!, ...axes.map(({ size }) => size), x.shape.at(-1)!],
  };
  const padding: [number, number][] = [[0, 0]];
  for (const { before, after } of axes) padding.push([before, after]);
  padding.push([0, 0]);
  const padded = tf.pad(tf.slice(x, used.begin, used.size), padding, Number.NEGATIVE_INFINITY);
  const slope = axes.length === 2 ? planarGradient(dy, padded, axes) : volumeGradient(dy, padded, axes);
  const inside = tf.slice(
    slope,
    padding.map(([before]) => before),
    used.size,
  );
  return tf.pad(
    inside,
    used.begin.map((begin, axis) => [begin, x.shape[axis]! - begin - used.size[axis]!]),
  );
}

function planarGradient(dy: tf.Tensor, input: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  const filterSize = axes.map(({ window }) => window);
  const strides = axes.map(({ stride }) => stride);
  return run('MaxPoolGrad', { dy, input, output: dy }, { filterSize, strides, pad: 'valid' });
}

function volumeGradient(dy: tf.Tensor, input: tf.Tensor, axes: readonly WindowAxis[]): tf.Tensor {
  const [batch, depth, height, width, channels] = input.shape as [number, number, number, number, number];
  const [along, ...across] = axes as [WindowAxis, WindowAxis, WindowAxis];
  const planes = tf.reshape(input, [batch * depth, height, width, channels]);
  const window = across.map((axis) => axis.window) as [number, number];
  const stride = across.map((axis) => axis.stride) as [number, number];
  const maxima = tf.maxPool(planes as tf.Tensor4D, window, stride, 'valid');
  const places = across[0]!.out * across[1]!.out;
  const depthOnly = [along, { ...along, window: 1, stride: 1 }];
  const slopes = planarGradient(
    tf.reshape(dy, [batch, along.out, places, channels]),
    tf.reshape(maxima, [batch, depth, places, channels]),
    depthOnly,
  );
  return tf.reshape(planarGradient(tf.reshape(slopes, maxima.shape), planes, across), input.shape);
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}
