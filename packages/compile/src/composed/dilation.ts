import * as tf from '@tensorflow/tfjs-core';
import { vectorJacobian } from '../gradients/own-tape.ts';
import { windowAxes } from '../trace/kernels/windows.ts';
import type { ComposedKernels } from './composed-kernel.ts';

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid';
  readonly dilations: number | [number, number];
}

/** Grayscale dilation: the largest of x + filter in each window, channel by channel. The first of equals gets the gradient. */
export const dilationKernels: ComposedKernels = {
  Dilation2D: ({ x, filter }, attributes: Attributes) => dilate(x!, filter!, attributes),
  Dilation2DBackpropFilter: ({ x, filter, dy }, attributes: Attributes) =>
    vectorJacobian((filter) => dilate(x!, filter, attributes), filter!, dy!),
  Dilation2DBackpropInput: ({ x, filter, dy }, attributes: Attributes) =>
    vectorJacobian((x) => dilate(x, filter!, attributes), x!, dy!),
};

function dilate(x: tf.Tensor, filter: tf.Tensor, { strides, pad, dilations }: Attributes): tf.Tensor {
  const info = tf.backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    strides,
    pad,
    'NHWC',
    dilations,
  );
  const [rows, columns] = windowAxes(info) as [Axis, Axis];
  const channels = x.shape[3]!;
  const padded = tf.pad(
    tf.cast(x, 'float32'),
    [
      [0, 0],
      [rows.before, rows.after],
      [columns.before, columns.after],
      [0, 0],
    ],
    Number.NEGATIVE_INFINITY,
  );
  const spans = [rows, columns].map(({ out, stride }) => (out - 1) * stride + 1) as [number, number];
  let largest: tf.Tensor | undefined;
  for (let row = 0; row < rows.window; row++) {
    for (let column = 0; column < columns.window; column++) {
      const begin = [0, row * rows.dilation, column * columns.dilation, 0];
      const window = tf.slice(padded, begin, [x.shape[0]!, ...spans, channels]);
      const places =
        rows.stride === 1 && columns.stride === 1
          ? window
          : tf.stridedSlice(window, [0, 0, 0, 0], window.shape, [1, rows.stride, columns.stride, 1]);
      const weight = tf.cast(tf.slice(filter, [row, column, 0], [1, 1, channels]), 'float32');
      const sum = tf.add(places, weight);
      largest = largest ? tf.maximum(largest, sum) : sum;
    }
  }
  return tf.cast(largest!, x.dtype);
}

type Axis = ReturnType<typeof windowAxes>[number];
