import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { sizeOf } from '../../tensor-data.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';
import { cast, fromChannelsFirst, reshape, toChannelsFirst, withoutSkipped, withSkipped } from './layout.ts';
import { type WindowAxis, windowAttributes, windowAxes, windowShares } from './windows.ts';

/** Attributes of tfjs's pooling kernels. */
export interface PoolAttributes {
  readonly filterSize: number | number[];
  readonly strides: number | number[];
  readonly pad: unknown;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Largest values and means of windows over two or three axes; channels are last in tfjs, first in ONNX. */
export const poolingKernels: TraceKernels = {
  AvgPool: averagePool,
  AvgPool3D: averagePool,
  AvgPool3DGrad: averagePoolGradient,
  AvgPoolGrad: averagePoolGradient,
  MaxPool: maxPool,
  MaxPool3D: maxPool,
  MaxPool3DGrad: maxPoolGradient,
  MaxPoolGrad: maxPoolGradient,
  /** ONNX counts the places channels first, tfjs channels last, and from the image's first element unless asked not to. */
  MaxPoolWithArgmax: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<PoolAttributes & { includeBatchInIndex: boolean }>) => {
    const { x } = inputs as { x: Value };
    const axes = poolAxes(x.shape, attributes);
    const [pooled, places] = maximaAndPlaces(builder, x, axes);
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const integers = cast(builder, fromChannelsFirst(builder, places), 'int32');
    const op = (operator: string, a: Value, b: Value): Value =>
      builder.node(operator, [a, b], { shape: integers.shape, dtype: 'int32' });
    const scalar = (value: number): Value => builder.uniform(value, [], 'int32');
    const pixel = op('Mod', integers, scalar(height * width));
    const channel = builder.constant(
      Int32Array.from({ length: channels }, (_, index) => index),
      { dtype: 'int32', shape: [channels] },
    );
    const inImage = op('Add', op('Mul', pixel, scalar(channels)), channel);
    const image = builder.constant(
      Int32Array.from({ length: batch }, (_, index) => index * height * width * channels),
      { dtype: 'int32', shape: [batch, 1, 1, 1] },
    );
    const flat = attributes.includeBatchInIndex ? op('Add', inImage, image) : inImage;
    return [cast(builder, fromChannelsFirst(builder, pooled), x.dtype), flat];
  },
};

/** The spatial axes of a pooling of `[batch, …space, channels]`. */
export function poolAxes(
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): WindowAxis[] {
  const { computePool2DInfo, computePool3DInfo } = tf.backend_util;
  const compute = (shape.length === 4 ? computePool2DInfo : computePool3DInfo) as typeof computePool3DInfo;
  return windowAxes(
    compute(shape as never, filterSize as never, strides as never, 1, pad as never, dimRoundingMode),
  );
}

function averagePool({ inputs, attributes, builder }: KernelCall<PoolAttributes>): Value {
  const { x } = inputs as { x: Value };
  const axes = poolAxes(x.shape, attributes);
  const images = withoutSkipped(builder, toChannelsFirst(builder, cast(builder, x, 'float32')), axes);
  const shape = [...images.shape.slice(0, 2), ...axes.map(({ out }) => out)];
  const window = { ...poolWindow(axes), count_include_pad: 0 };
  return fromChannelsFirst(builder, builder.node('AveragePool', [images], { shape }, window));
}

/** Each output gave 1 / (elements of its window) to every element of it; padding does not count. */
function averagePoolGradient({ inputs, attributes, builder }: KernelCall<PoolAttributes>): Value {
  const { dy, input } = inputs as { dy: Value; input: Value };
  const axes = poolAxes(input.shape, attributes);
  const channels = input.shape.at(-1)!;
  const gradients = toChannelsFirst(builder, dy);
  const shares = builder.constant(windowShares(axes), {
    dtype: 'float32',
    shape: [1, 1, ...axes.map(({ out }) => out)],
  });
  const shared = builder.node('Mul', [gradients, shares], gradients);
  const ones = builder.uniform(1, [channels, 1, ...axes.map(({ window }) => window)]);
  const spread = builder.node(
    'ConvTranspose',
    [shared, ones],
    { shape: [input.shape[0]!, channels, ...axes.map(({ size }) => size)] },
    {
      ...windowAttributes(axes),
      group: channels,
      output_padding: axes.map(({ unreached }) => unreached),
    },
  );
  return fromChannelsFirst(builder, withSkipped(builder, spread, axes));
}

function maxPool({ inputs, attributes, builder }: KernelCall<PoolAttributes>): Value {
  const { x } = inputs as { x: Value };
  const axes = poolAxes(x.shape, attributes);
  const images = withoutSkipped(builder, toChannelsFirst(builder, cast(builder, x, 'float32')), axes);
  const shape = [...images.shape.slice(0, 2), ...axes.map(({ out }) => out)];
  const pooled = builder.node('MaxPool', [images], { shape }, poolWindow(axes));
  return cast(builder, fromChannelsFirst(builder, pooled), x.dtype);
}

/** dy goes to where the largest value was, the first of equals. */
function maxPoolGradient({ inputs, attributes, builder }: KernelCall<PoolAttributes>): Value {
  const { dy, input } = inputs as { dy: Value; input: Value };
  const axes = poolAxes(input.shape, attributes);
  const [, places] = maximaAndPlaces(builder, input, axes);
  const flat = (value: Value): Value => reshape(builder, value, [sizeOf(value.shape)]);
  const spread = [input.shape[0]!, input.shape.at(-1)!, ...axes.map(({ size }) => size)];
  const zeros = builder.uniform(0, [sizeOf(spread)]);
  const operands = [zeros, flat(places), flat(toChannelsFirst(builder, dy))];
  const summed = builder.node('ScatterElements', operands, zeros, { axis: 0, reduction: 'add' });
  return fromChannelsFirst(builder, withSkipped(builder, reshape(builder, summed, spread), axes));
}

/** Channels first: the largest values of the windows, and where in all images they stand. */
function maximaAndPlaces(builder: GraphBuilder, x: Value, axes: readonly WindowAxis[]): [Value, Value] {
  const images = withoutSkipped(builder, toChannelsFirst(builder, cast(builder, x, 'float32')), axes);
  const shape = [...images.shape.slice(0, 2), ...axes.map(({ out }) => out)];
  const outputs = [{ shape }, { shape, dtype: 'int64' as const }];
  return builder.nodes('MaxPool', [images], poolWindow(axes), outputs) as [Value, Value];
}

function poolWindow(axes: readonly WindowAxis[]) {
  const { pads, strides } = windowAttributes(axes);
  return { kernel_shape: axes.map(({ window }) => window), pads, strides };
}
