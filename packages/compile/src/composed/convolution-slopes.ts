import * as tf from '@tensorflow/tfjs-core';
import { type WindowAxis, windowAxes } from '../trace/kernels/windows.ts';
import type { ComposedKernels } from './composed-kernel.ts';
import { resizedBy, withGaps } from './spread.ts';

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: Shape4;
  readonly filterShape?: Shape4;
}

type Shape4 = [number, number, number, number];
type Axes = readonly [rows: WindowAxis, columns: WindowAxis];

/** Gradients of planar convolutions, channels last, by convolutions and products. */
export const convolutionSlopeKernels: ComposedKernels = {
  /** A convolution of x with dy in which the batch is what is summed: strides become dilations. */
  Conv2DBackpropFilter: ({ x, dy }, attributes: Attributes) => {
    const filterShape = attributes.filterShape!;
    const [rows, columns] = axesOf(x!.shape as Shape4, filterShape, attributes, false);
    const images = tf.transpose(x!, [3, 1, 2, 0]); // [in, height, width, batch]
    const kernels = tf.transpose(dy!, [1, 2, 0, 3]); // [height, width, batch, out]
    const margins = [[0, 0], marginOf(rows), marginOf(columns), [0, 0]] as const;
    const product = tf.conv2d(
      resizedBy(images, margins) as tf.Tensor4D,
      kernels as tf.Tensor4D,
      1,
      'valid',
      'NHWC',
      [rows.stride, columns.stride],
    );
    const [height, width, inChannels, outChannels] = filterShape;
    const cut = tf.slice(product, [0, 0, 0, 0], [inChannels, height, width, outChannels]);
    return tf.transpose(cut, [1, 2, 0, 3]);
  },

  /** The turned filter over a dy spread out by the strides, one filter of each channel after the other. */
  DepthwiseConv2dNativeBackpropInput: ({ dy, filter }, attributes: Attributes) => {
    const [height, width, channels, multiplier] = filter!.shape as Shape4;
    const axes = axesOf(attributes.inputShape!, filter!.shape as Shape4, attributes, true);
    const margins = axes.map(({ size, dropped, window, before, out, stride }) => {
      const length = (out - 1) * stride + 1;
      return [window - 1 - before, size + dropped - length + before] as const;
    });
    const turned = tf.reverse(filter!, [0, 1]);
    const slopes = byMultiplier(dy!, channels, multiplier).map((part, index) => {
      const spread = withGaps(part, [1, axes[0].stride, axes[1].stride]);
      const padded = resizedBy(spread, [[0, 0], ...margins, [0, 0]]);
      const kernel = tf.slice(turned, [0, 0, 0, index], [height, width, channels, 1]);
      return tf.depthwiseConv2d(padded as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'valid');
    });
    return slopes.length === 1 ? slopes[0]! : tf.addN(slopes);
  },

  /** For each place of the filter, the product of dy and what of x that place saw. */
  DepthwiseConv2dNativeBackpropFilter: ({ x, dy }, attributes: Attributes) => {
    const [height, width, channels, multiplier] = attributes.filterShape!;
    const [rows, columns] = axesOf(x!.shape as Shape4, attributes.filterShape!, attributes, true);
    const padded = resizedBy(x!, [[0, 0], marginOf(rows), marginOf(columns), [0, 0]]);
    const batch = x!.shape[0]!;
    const gradients = tf.reshape(dy!, [batch, rows.out, columns.out, channels, multiplier]);
    const spans = [rows, columns].map(({ out, stride }) => (out - 1) * stride + 1) as [number, number];
    const slopes: tf.Tensor[] = [];
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const window = tf.slice(padded, [0, row, column, 0], [batch, ...spans, channels]);
        const seen = tf.stridedSlice(window, [0, 0, 0, 0], window.shape, [1, rows.stride, columns.stride, 1]);
        slopes.push(tf.sum(tf.mul(tf.expandDims(seen, 4), gradients), [0, 1, 2])); // [channels, multiplier]
      }
    }
    return tf.reshape(tf.stack(slopes), attributes.filterShape!);
  },
};

function axesOf(
  xShape: Shape4,
  filterShape: Shape4,
  { strides, pad, dimRoundingMode }: Attributes,
  depthwise: boolean,
): Axes {
  const { computeConv2DInfo } = tf.backend_util;
  const info = computeConv2DInfo(xShape, filterShape, strides, 1, pad, dimRoundingMode, depthwise);
  return windowAxes(info) as unknown as Axes;
}

/** What a window sees beyond the elements, or the elements that it never sees. */
function marginOf({ before, after, dropped }: WindowAxis): readonly [number, number] {
  return [before, after - dropped];
}

/** `[…, channels · multiplier]` → one `[…, channels]` for each of the multiplier. */
function byMultiplier(dy: tf.Tensor, channels: number, multiplier: number): tf.Tensor[] {
  if (multiplier === 1) return [dy];
  const space = dy.shape.slice(0, -1);
  return tf.unstack(tf.reshape(dy, [...space, channels, multiplier]), space.length + 1);
}
