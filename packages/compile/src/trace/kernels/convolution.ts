import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';
import { activate, type FusedAttributes } from './activation.ts';
import { fromChannelsFirst, reshape, slice, toChannelsFirst, transpose } from './layout.ts';

type Conv2DInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;
type Shape4 = [number, number, number, number];
type DataFormat = 'NHWC' | 'NCHW';

interface Conv2DAttributes {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dataFormat?: DataFormat;
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: Shape4;
  readonly filterShape?: Shape4;
}

/**
 * Convolutions over two spatial axes. tfjs keeps channels last and filters as `[height, width, in, out]`, ONNX channels
 * first and filters as `[out, in, height, width]`.
 */
export const convolutionKernels: TraceKernels = {
  Conv2D: ({ inputs, attributes, builder }) => {
    const { x, filter } = inputs as { x: Value; filter: Value };
    return convolve(builder, x, filter, attributes);
  },
  /** The transposed convolution of dy. */
  Conv2DBackpropInput: ({ inputs, attributes, builder }: KernelCall<Conv2DAttributes>) => {
    const { dy, filter } = inputs as { dy: Value; filter: Value };
    const info = convInfo(attributes.inputShape!, filter.shape, attributes);
    return convolveBack(builder, dy, transpose(builder, filter, [3, 2, 0, 1]), info, attributes, 1);
  },
  /** A convolution of x with dy in which the batch is what is summed: strides become dilations and the reverse. */
  Conv2DBackpropFilter: ({ inputs, attributes, builder }: KernelCall<Conv2DAttributes>) => {
    const { x, dy } = inputs as { x: Value; dy: Value };
    const { filterShape } = attributes;
    const info = convInfo(x.shape, filterShape!, attributes);
    const images = transpose(builder, toChannelsFirst(builder, x, attributes.dataFormat), [1, 0, 2, 3]); // [in, N, H, W]
    const kernels = transpose(builder, toChannelsFirst(builder, dy, attributes.dataFormat), [1, 0, 2, 3]); // [out, N, h, w]
    const size = correlatedSize(info);
    const [, , inputs_, outputs] = filterShape!;
    const shape = [inputs_, outputs, ...size];
    const product = builder.node(
      'Conv',
      [images, kernels],
      { shape },
      { ...windowAttributes(info, 'swapped') },
    );
    const { filterHeight, filterWidth } = info;
    const cut = slice(builder, product, [0, 0, 0, 0], [inputs_, outputs, filterHeight, filterWidth]);
    return transpose(builder, cut, [2, 3, 0, 1]);
  },
  DepthwiseConv2dNative: ({ inputs, attributes, builder }) => {
    const { x, filter } = inputs as { x: Value; filter: Value };
    return convolveDepthwise(builder, x, filter, attributes);
  },
  DepthwiseConv2dNativeBackpropInput: ({ inputs, attributes, builder }: KernelCall<Conv2DAttributes>) => {
    const { dy, filter } = inputs as { dy: Value; filter: Value };
    const info = convInfo(attributes.inputShape!, filter.shape, attributes, true);
    return convolveBack(builder, dy, depthwiseFilter(builder, filter), info, attributes, info.inChannels);
  },
  /** As `Conv2DBackpropFilter`, channel by channel: the channels are groups. */
  DepthwiseConv2dNativeBackpropFilter: ({ inputs, attributes, builder }: KernelCall<Conv2DAttributes>) => {
    const { x, dy } = inputs as { x: Value; dy: Value };
    const { filterShape } = attributes;
    const info = convInfo(x.shape, filterShape!, attributes, true);
    const { batchSize, inChannels, outChannels, inHeight, inWidth, filterHeight, filterWidth } = info;
    const byChannel = transpose(builder, toChannelsFirst(builder, x, attributes.dataFormat), [1, 0, 2, 3]); // [C, N, H, W]
    const images = reshape(builder, byChannel, [1, inChannels * batchSize, inHeight, inWidth]);
    const kernels = transpose(builder, toChannelsFirst(builder, dy, attributes.dataFormat), [1, 0, 2, 3]); // [C m, N, h, w]
    const shape = [1, outChannels, ...correlatedSize(info)];
    const product = builder.node(
      'Conv',
      [images, kernels],
      { shape },
      { ...windowAttributes(info, 'swapped'), group: inChannels },
    );
    const cut = slice(builder, product, [0, 0, 0, 0], [1, outChannels, filterHeight, filterWidth]);
    return reshape(builder, transpose(builder, cut, [2, 3, 0, 1]), filterShape!);
  },
  FusedConv2D: ({ inputs, attributes, builder }: KernelCall<Conv2DAttributes & FusedAttributes>) => {
    const { x, filter } = inputs as { x: Value; filter: Value };
    return activate(builder, convolve(builder, x, filter, attributes), inputs, attributes);
  },
  FusedDepthwiseConv2D: ({ inputs, attributes, builder }: KernelCall<Conv2DAttributes & FusedAttributes>) => {
    const { x, filter } = inputs as { x: Value; filter: Value };
    return activate(builder, convolveDepthwise(builder, x, filter, attributes), inputs, attributes);
  },
};

function convolve(builder: GraphBuilder, x: Value, filter: Value, attributes: Conv2DAttributes): Value {
  const info = convInfo(x.shape, filter.shape, attributes);
  const kernels = transpose(builder, filter, [3, 2, 0, 1]);
  return convolveGroups(builder, x, kernels, info, attributes, 1);
}

function convolveDepthwise(
  builder: GraphBuilder,
  x: Value,
  filter: Value,
  attributes: Conv2DAttributes,
): Value {
  const info = convInfo(x.shape, filter.shape, attributes, true);
  return convolveGroups(builder, x, depthwiseFilter(builder, filter), info, attributes, info.inChannels);
}

function convolveGroups(
  builder: GraphBuilder,
  x: Value,
  kernels: Value,
  info: Conv2DInfo,
  { dataFormat }: Conv2DAttributes,
  group: number,
): Value {
  const images = toChannelsFirst(builder, x, dataFormat);
  const shape = [info.batchSize, info.outChannels, info.outHeight, info.outWidth];
  const attributes = { ...windowAttributes(info), group };
  return fromChannelsFirst(
    builder,
    builder.node('Conv', [images, kernels], { shape }, attributes),
    dataFormat,
  );
}

function convolveBack(
  builder: GraphBuilder,
  dy: Value,
  kernels: Value,
  info: Conv2DInfo,
  { dataFormat }: Conv2DAttributes,
  group: number,
): Value {
  const { padInfo, batchSize, inChannels, inHeight, inWidth } = info;
  const reached = (out: number, stride: number, size: number, before: number, after: number): number =>
    (out - 1) * stride + size - before - after;
  const height = reached(
    info.outHeight,
    info.strideHeight,
    info.effectiveFilterHeight,
    padInfo.top,
    padInfo.bottom,
  );
  const width = reached(
    info.outWidth,
    info.strideWidth,
    info.effectiveFilterWidth,
    padInfo.left,
    padInfo.right,
  );
  const attributes = {
    ...windowAttributes(info),
    group,
    output_padding: [inHeight - height, inWidth - width], // rows and columns that no window reached
  };
  const shape = [batchSize, inChannels, inHeight, inWidth];
  const operands = [toChannelsFirst(builder, dy, dataFormat), kernels];
  return fromChannelsFirst(
    builder,
    builder.node('ConvTranspose', operands, { shape }, attributes),
    dataFormat,
  );
}

/** `[height, width, in, multiplier]` → `[in · multiplier, 1, height, width]` */
function depthwiseFilter(builder: GraphBuilder, filter: Value): Value {
  const [height, width, channels, multiplier] = filter.shape as Shape4;
  return transpose(
    builder,
    reshape(builder, filter, [height, width, 1, channels * multiplier]),
    [3, 2, 0, 1],
  );
}

function convInfo(
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' }: Conv2DAttributes,
  depthwise = false,
): Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    xShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
}

function windowAttributes(info: Conv2DInfo, roles: 'usual' | 'swapped' = 'usual') {
  const { top, left, bottom, right } = info.padInfo;
  const steps = [info.strideHeight, info.strideWidth];
  const gaps = [info.dilationHeight, info.dilationWidth];
  const [strides, dilations] = roles === 'usual' ? [steps, gaps] : [gaps, steps];
  return { pads: [top, left, bottom, right], strides, dilations };
}

/** Places at which a dilated dy fits on the padded x; those after the filter's size are rests of the stride. */
function correlatedSize(info: Conv2DInfo): [number, number] {
  const { top, left, bottom, right } = info.padInfo;
  const places = (size: number, out: number, stride: number, dilation: number): number =>
    Math.floor((size - ((out - 1) * stride + 1)) / dilation) + 1;
  return [
    places(info.inHeight + top + bottom, info.outHeight, info.strideHeight, info.dilationHeight),
    places(info.inWidth + left + right, info.outWidth, info.strideWidth, info.dilationWidth),
  ];
}
