import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { KernelCall, TraceKernel, TraceKernels } from '../trace-kernel.ts';
import { activate, type FusedAttributes } from './activation.ts';
import {
  type DataFormat,
  fromChannelsFirst,
  reshape,
  slice,
  toChannelsFirst,
  transpose,
  withoutSkipped,
  withSkipped,
} from './layout.ts';
import { type WindowAxis, windowAttributes, windowAxes } from './windows.ts';

interface ConvolutionAttributes {
  readonly strides: number | number[];
  readonly pad: unknown;
  readonly dataFormat?: DataFormat;
  readonly dilations?: number | number[];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: number[];
  readonly filterShape?: number[];
}

/** Channels may mix (`full`), or each stays apart (`depthwise`). */
type Mixing = 'full' | 'depthwise';

/**
 * Convolutions over two or three spatial axes. tfjs keeps channels last and filters as `[…space, in, out]`, ONNX channels
 * first and filters as `[out, in, …space]`.
 */
export const convolutionKernels: TraceKernels = {
  Conv2D: forward('full'),
  Conv2DBackpropFilter: filterGradient('full'),
  Conv2DBackpropInput: inputGradient('full'),
  Conv3D: forward('full'),
  Conv3DBackpropFilterV2: filterGradient('full'),
  Conv3DBackpropInputV2: inputGradient('full'),
  DepthwiseConv2dNative: forward('depthwise'),
  DepthwiseConv2dNativeBackpropFilter: filterGradient('depthwise'),
  DepthwiseConv2dNativeBackpropInput: inputGradient('depthwise'),
  FusedConv2D: fused('full'),
  FusedDepthwiseConv2D: fused('depthwise'),
};

function forward(mixing: Mixing): TraceKernel {
  return ({ inputs, attributes, builder }: KernelCall<ConvolutionAttributes>) => {
    const { x, filter } = inputs as { x: Value; filter: Value };
    const { axes, batch, outChannels, groups } = geometry(x.shape, filter.shape, attributes, mixing);
    const images = withoutSkipped(builder, toChannelsFirst(builder, x, attributes.dataFormat), axes);
    const shape = [batch, outChannels, ...axes.map(({ out }) => out)];
    const operands = [images, onnxFilter(builder, filter, mixing)];
    const product = builder.node('Conv', operands, { shape }, { ...windowAttributes(axes), group: groups });
    return fromChannelsFirst(builder, product, attributes.dataFormat);
  };
}

function fused(mixing: Mixing): TraceKernel {
  return (call: KernelCall<ConvolutionAttributes & FusedAttributes>) =>
    activate(call.builder, forward(mixing)(call) as Value, call.inputs, call.attributes);
}

/** The transposed convolution of dy. */
function inputGradient(mixing: Mixing): TraceKernel {
  return ({ inputs, attributes, builder }: KernelCall<ConvolutionAttributes>) => {
    const { dy, filter } = inputs as { dy: Value; filter: Value };
    const { axes, batch, inChannels, groups } = geometry(
      attributes.inputShape!,
      filter.shape,
      attributes,
      mixing,
    );
    const operands = [
      toChannelsFirst(builder, dy, attributes.dataFormat),
      onnxFilter(builder, filter, mixing),
    ];
    const spread = builder.node(
      'ConvTranspose',
      operands,
      { shape: [batch, inChannels, ...axes.map(({ size }) => size)] },
      {
        ...windowAttributes(axes),
        group: groups,
        output_padding: axes.map(({ unreached }) => unreached),
      },
    );
    return fromChannelsFirst(builder, withSkipped(builder, spread, axes), attributes.dataFormat);
  };
}

/**
 * A convolution of x with dy in which the batch is what is summed: strides become dilations and the reverse. Channels that
 * stay apart are groups.
 */
function filterGradient(mixing: Mixing): TraceKernel {
  return ({ inputs, attributes, builder }: KernelCall<ConvolutionAttributes>) => {
    const { x, dy } = inputs as { x: Value; dy: Value };
    const { dataFormat } = attributes;
    const filterShape = attributes.filterShape!;
    const { axes, batch, inChannels, outChannels, groups } = geometry(
      x.shape,
      filterShape,
      attributes,
      mixing,
    );
    const images = withoutSkipped(builder, toChannelsFirst(builder, x, dataFormat), axes);
    const byChannel = exchanged(builder, images); // [in, batch, …space]
    const space = byChannel.shape.slice(2);
    const operands = [
      mixing === 'full' ? byChannel : reshape(builder, byChannel, [1, inChannels * batch, ...space]),
      exchanged(builder, toChannelsFirst(builder, dy, dataFormat)), // [out, batch, …space]
    ];
    const rows = mixing === 'full' ? inChannels : 1;
    const product = builder.node(
      'Conv',
      operands,
      { shape: [rows, outChannels, ...axes.map(places)] },
      { ...windowAttributes(axes, 'swapped'), group: groups },
    );
    const window = axes.map((axis) => axis.window);
    const cut = slice(
      builder,
      product,
      product.shape.map(() => 0),
      [rows, outChannels, ...window],
    );
    const spatial = axes.map((_, axis) => axis + 2);
    return reshape(builder, transpose(builder, cut, [...spatial, 0, 1]), filterShape);
  };
}

interface Geometry {
  readonly axes: readonly WindowAxis[];
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
}

function geometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dimRoundingMode, dataFormat = 'NHWC' }: ConvolutionAttributes,
  mixing: Mixing,
): Geometry {
  const { computeConv2DInfo, computeConv3DInfo } = tf.backend_util;
  const depthwise = mixing === 'depthwise';
  const channels = dataFormat.startsWith('NC') ? 'channelsFirst' : 'channelsLast';
  const info =
    filterShape.length === 4
      ? computeConv2DInfo(
          xShape as never,
          filterShape as never,
          strides as never,
          dilations as never,
          pad as never,
          dimRoundingMode,
          depthwise,
          channels,
        )
      : computeConv3DInfo(
          xShape as never,
          filterShape as never,
          strides as never,
          dilations as never,
          pad as never,
          depthwise,
          channels,
        );
  const { batchSize, inChannels, outChannels } = info;
  const groups = depthwise ? inChannels : 1;
  return { axes: windowAxes(info), batch: batchSize, inChannels, outChannels, groups };
}

/** `[…space, in, out]` → `[out, in, …space]`; of each channel apart, `[…space, in, multiplier]` → `[in · multiplier, 1, …space]`. */
function onnxFilter(builder: GraphBuilder, filter: Value, mixing: Mixing): Value {
  const space = filter.shape.slice(0, -2);
  const [inChannels, outChannels] = filter.shape.slice(-2) as [number, number];
  const apart =
    mixing === 'full' ? filter : reshape(builder, filter, [...space, 1, inChannels * outChannels]);
  const rank = filter.shape.length;
  return transpose(builder, apart, [rank - 1, rank - 2, ...space.map((_, axis) => axis)]);
}

/** Batch and channels exchanged. */
function exchanged(builder: GraphBuilder, x: Value): Value {
  return transpose(builder, x, [1, 0, ...x.shape.slice(2).map((_, axis) => axis + 2)]);
}

/** Places at which a dilated dy fits on the padded x; those after the window's size are rests of the stride. */
function places({ size, before, after, out, stride, dilation }: WindowAxis): number {
  return Math.floor((size + before + after - ((out - 1) * stride + 1)) / dilation) + 1;
}
