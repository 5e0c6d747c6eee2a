import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../../graph/graph.ts';
import { sizeOf } from '../../tensor-data.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';
import { fromChannelsFirst, reshape, toChannelsFirst } from './layout.ts';

interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computePool2DInfo>[4];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/** Largest values and means of windows; channels are last in tfjs, first in ONNX. */
export const poolingKernels: TraceKernels = {
  AvgPool: ({ inputs, attributes, builder }: KernelCall<PoolAttributes>) => {
    const { x } = inputs as { x: Value };
    const info = poolInfo(x, attributes);
    const images = toChannelsFirst(builder, x);
    const pooled = builder.node('AveragePool', [images], pooledShape(info), {
      ...windowAttributes(info),
      count_include_pad: 0,
    });
    return fromChannelsFirst(builder, pooled);
  },
  /** Each output gave 1 / (elements of its window) to every element of it; padding does not count. */
  AvgPoolGrad: ({ inputs, attributes, builder }: KernelCall<PoolAttributes>) => {
    const { dy, input } = inputs as { dy: Value; input: Value };
    const info = poolInfo(input, attributes);
    const { inChannels, filterHeight, filterWidth, inHeight, inWidth, batchSize } = info;
    const shares = builder.constant(windowShares(info), {
      dtype: 'float32',
      shape: [1, 1, info.outHeight, info.outWidth],
    });
    const gradients = toChannelsFirst(builder, dy);
    const shared = builder.node('Mul', [gradients, shares], gradients);
    const ones = builder.uniform(1, [inChannels, 1, filterHeight, filterWidth]);
    const { top, left, bottom, right } = info.padInfo;
    const height = (info.outHeight - 1) * info.strideHeight + filterHeight - top - bottom;
    const width = (info.outWidth - 1) * info.strideWidth + filterWidth - left - right;
    const { kernel_shape: _, ...window } = windowAttributes(info);
    const spread = builder.node(
      'ConvTranspose',
      [shared, ones],
      { shape: [batchSize, inChannels, inHeight, inWidth] },
      { ...window, group: inChannels, output_padding: [inHeight - height, inWidth - width] },
    );
    return fromChannelsFirst(builder, spread);
  },
  MaxPool: ({ inputs, attributes, builder }: KernelCall<PoolAttributes>) => {
    const { x } = inputs as { x: Value };
    const info = poolInfo(x, attributes);
    const images = toChannelsFirst(builder, x);
    const pooled = builder.node('MaxPool', [images], pooledShape(info), windowAttributes(info));
    return fromChannelsFirst(builder, pooled);
  },
  /** dy goes to where the largest value was, the first of equals. */
  MaxPoolGrad: ({ inputs, attributes, builder }: KernelCall<PoolAttributes>) => {
    const { dy, input } = inputs as { dy: Value; input: Value };
    const info = poolInfo(input, attributes);
    const images = toChannelsFirst(builder, input);
    const { shape } = pooledShape(info);
    const [, places] = builder.nodes('MaxPool', [images], windowAttributes(info), [
      { shape },
      { shape, dtype: 'int64' },
    ]);
    const flat = (value: Value): Value => reshape(builder, value, [sizeOf(value.shape)]);
    const zeros = builder.uniform(0, [sizeOf(images.shape)]);
    const operands = [zeros, flat(places!), flat(toChannelsFirst(builder, dy))];
    const summed = builder.node('ScatterElements', operands, zeros, { axis: 0, reduction: 'add' });
    return fromChannelsFirst(builder, reshape(builder, summed, images.shape));
  },
};

function poolInfo(x: Value, { filterSize, strides, pad, dimRoundingMode }: PoolAttributes): PoolInfo {
  const shape = x.shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

function pooledShape(info: PoolInfo): { shape: number[] } {
  return { shape: [info.batchSize, info.inChannels, info.outHeight, info.outWidth] };
}

function windowAttributes(info: PoolInfo) {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, bottom, right],
  };
}

/** One over the number of elements, without padding, of each window: `[outHeight, outWidth]`. */
function windowShares(info: PoolInfo): Float32Array {
  const inside = (size: number, out: number, stride: number, window: number, before: number): number[] =>
    Array.from({ length: out }, (_, index) => {
      const begin = index * stride - before;
      return Math.min(size, begin + window) - Math.max(0, begin);
    });
  const { padInfo } = info;
  const rows = inside(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, padInfo.top);
  const columns = inside(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, padInfo.left);
  return Float32Array.from(rows.flatMap((height) => columns.map((width) => 1 / (height * width))));
}
