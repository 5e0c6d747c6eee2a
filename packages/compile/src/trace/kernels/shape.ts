import * as tf from '@tensorflow/tfjs-core';
import {
  type MirrorPadAttributes,
  mirroredIndices,
  type StridedSliceAttributes,
  stridedSizes,
} from '../../gradients/rearrangement-gradients.ts';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { DType } from '../../tensor-data.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';
import { reshape, slice, transpose } from './layout.ts';

type Single = { readonly x: Value };

/** Rearranging without arithmetic: shapes, parts, joins, constants. */
export const shapeKernels: TraceKernels = {
  BatchToSpaceND: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ blockShape: number[]; crops: [number, number][] }>) => {
    const { x } = inputs as Single;
    const { blockShape, crops } = attributes;
    const blocks = tf.util.sizeFromShape(blockShape);
    const reshaped = tf.backend_util.getReshaped([...x.shape], blockShape, blocks);
    const perm = tf.backend_util.getPermuted(reshaped.length, blockShape.length);
    const whole = tf.backend_util.getReshapedPermuted([...x.shape], blockShape, blocks);
    const begin = [0, ...crops.map(([before]) => before), ...x.shape.slice(crops.length + 1).map(() => 0)];
    const size = whole.map(
      (length, axis) => length - (crops[axis - 1]?.[0] ?? 0) - (crops[axis - 1]?.[1] ?? 0),
    );
    const joined = reshape(builder, transpose(builder, reshape(builder, x, reshaped), perm), whole);
    return slice(builder, joined, begin, size);
  },
  BroadcastTo: ({ inputs, attributes, builder }: KernelCall<{ shape: number[] }>) => {
    const { x } = inputs as Single;
    const { shape } = attributes;
    return builder.node('Expand', [x, builder.integers(shape)], { shape, dtype: x.dtype });
  },
  Concat: ({ inputs, attributes, builder }: KernelCall<{ axis: number }>) => {
    const values = Object.values(inputs);
    const axis = tf.util.parseAxisParam(attributes.axis, [...values[0]!.shape])[0]!;
    const shape = tf.backend_util.computeOutShape(
      values.map((value) => [...value.shape]),
      axis,
    );
    return builder.node('Concat', values, { shape, dtype: values[0]!.dtype }, { axis });
  },
  DepthToSpace: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ blockSize: number; dataFormat: 'NHWC' | 'NCHW' }>) => {
    const { x } = inputs as Single;
    const { blockSize: block, dataFormat } = attributes;
    if (dataFormat === 'NCHW') {
      const [batch, channels, height, width] = x.shape as [number, number, number, number];
      const depth = channels / (block * block);
      const parts = reshape(builder, x, [batch, block, block, depth, height, width]);
      const spread = transpose(builder, parts, [0, 3, 4, 1, 5, 2]);
      return reshape(builder, spread, [batch, depth, height * block, width * block]);
    }
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const depth = channels / (block * block);
    const parts = reshape(builder, x, [batch, height, width, block, block, depth]);
    const spread = transpose(builder, parts, [0, 1, 3, 2, 4, 5]);
    return reshape(builder, spread, [batch, height * block, width * block, depth]);
  },
  Diag: ({ inputs, builder }) => {
    const { x } = inputs as Single;
    const size = tf.util.sizeFromShape([...x.shape]);
    const square = [size, size];
    const eye = new Uint8Array(size * size);
    for (let row = 0; row < size; row++) eye[row * (size + 1)] = 1;
    const operands = [
      builder.constant(eye, { dtype: 'bool', shape: square }),
      reshape(builder, x, [size, 1]),
      builder.uniform(0, [], x.dtype),
    ];
    const diagonal = builder.node('Where', operands, { shape: square, dtype: x.dtype });
    return reshape(builder, diagonal, [...x.shape, ...x.shape]);
  },
  ExpandDims: ({ inputs, attributes, builder }: KernelCall<{ dim: number }>) => {
    const { input } = inputs as { input: Value };
    const shape = [...input.shape];
    shape.splice(attributes.dim < 0 ? attributes.dim + shape.length + 1 : attributes.dim, 0, 1);
    return reshape(builder, input, shape);
  },
  Fill: ({ attributes, builder }: KernelCall<{ shape: number[]; value: number; dtype?: DType }>) =>
    builder.uniform(attributes.value, attributes.shape, attributes.dtype ?? 'float32'),
  FlipLeftRight: ({ inputs, builder }) => reverse(builder, inputs.image!, [2]),
  LinSpace: ({ attributes, builder }: KernelCall<{ start: number; stop: number; num: number }>) => {
    const { start, stop, num } = attributes;
    const step = num > 1 ? (stop - start) / (num - 1) : 0;
    const data = Float32Array.from({ length: num }, (_, index) => start + index * step);
    return builder.constant(data, { dtype: 'float32', shape: [num] });
  },
  MirrorPad: ({ inputs, attributes, builder }: KernelCall<MirrorPadAttributes>) => {
    const { paddings, mode } = attributes;
    let padded = inputs.x!;
    for (const [axis, padding] of paddings.entries()) {
      if (padding[0] === 0 && padding[1] === 0) continue;
      const indices = mirroredIndices(padded.shape[axis]!, padding, mode);
      const places = builder.constant(indices, { dtype: 'int32', shape: [indices.length] });
      const shape = padded.shape.with(axis, indices.length);
      padded = builder.node('Gather', [padded, places], { shape, dtype: padded.dtype }, { axis });
    }
    return padded;
  },
  Pack: ({ inputs, attributes, builder }: KernelCall<{ axis: number }>) => {
    const values = Object.values(inputs);
    const { shape, dtype } = values[0]!;
    const axis = attributes.axis < 0 ? attributes.axis + shape.length + 1 : attributes.axis;
    const expanded = shape.toSpliced(axis, 0, 1);
    const parts = values.map((value) => reshape(builder, value, expanded));
    return builder.node('Concat', parts, { shape: expanded.with(axis, values.length), dtype }, { axis });
  },
  PadV2: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ paddings: [number, number][]; constantValue: number }>) => {
    const { x } = inputs as Single;
    const { paddings, constantValue } = attributes;
    const shape = x.shape.map((size, axis) => size + paddings[axis]![0] + paddings[axis]![1]);
    const pads = builder.integers([
      ...paddings.map(([before]) => before),
      ...paddings.map(([, after]) => after),
    ]);
    return builder.node('Pad', [x, pads, builder.uniform(constantValue, [], x.dtype)], {
      shape,
      dtype: x.dtype,
    });
  },
  Range: ({
    attributes,
    builder,
  }: KernelCall<{ start: number; stop: number; step: number; dtype: DType }>) => {
    const { start, stop, step, dtype } = attributes;
    const length = Math.max(0, Math.ceil((stop - start) / step));
    const values = Array.from({ length }, (_, index) => start + index * step);
    const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return builder.constant(data, { dtype, shape: [length] });
  },
  Reshape: ({ inputs, attributes, builder }: KernelCall<{ shape: number[] }>) => {
    const { x } = inputs as Single;
    return reshape(
      builder,
      x,
      tf.util.inferFromImplicitShape(attributes.shape, tf.util.sizeFromShape([...x.shape])),
    );
  },
  Reverse: ({ inputs, attributes, builder }: KernelCall<{ dims: number | number[] }>) => {
    const { x } = inputs as Single;
    return reverse(builder, x, tf.util.parseAxisParam(attributes.dims, [...x.shape]));
  },
  Slice: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ begin: number | number[]; size: number | number[] }>) => {
    const { x } = inputs as Single;
    const [begin, size] = tf.slice_util.parseSliceParams(x as never, attributes.begin, attributes.size);
    return slice(builder, x, begin!, size!);
  },
  SpaceToBatchND: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ blockShape: number[]; paddings: [number, number][] }>) => {
    const { x } = inputs as Single;
    const { blockShape, paddings } = attributes;
    const blocks = tf.util.sizeFromShape(blockShape);
    const all = [
      [0, 0],
      ...paddings,
      ...Array.from({ length: x.shape.length - 1 - blockShape.length }, () => [0, 0]),
    ] as [number, number][];
    const shape = x.shape.map((size, axis) => size + all[axis]![0] + all[axis]![1]);
    const pads = builder.integers([...all.map(([before]) => before), ...all.map(([, after]) => after)]);
    const padded = builder.node('Pad', [x, pads, builder.uniform(0, [], x.dtype)], { shape, dtype: x.dtype });
    const reshaped = tf.backend_util.getReshaped(shape, blockShape, blocks, false);
    const perm = tf.backend_util.getPermuted(reshaped.length, blockShape.length, false);
    const flat = tf.backend_util.getReshapedPermuted(shape, blockShape, blocks, false);
    return reshape(builder, transpose(builder, reshape(builder, padded, reshaped), perm), flat);
  },
  SplitV: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ numOrSizeSplits: number | number[]; axis: number }>) => {
    const { x } = inputs as Single;
    const axis = tf.util.parseAxisParam(attributes.axis, [...x.shape])[0]!;
    const sizes = tf.backend_util.prepareSplitSize(x as never, attributes.numOrSizeSplits, axis);
    const outputs = sizes.map((size) => ({ shape: x.shape.with(axis, size), dtype: x.dtype }));
    return builder.nodes('Split', [x, builder.integers(sizes)], { axis }, outputs);
  },
  StridedSlice: ({ inputs, attributes, builder }: KernelCall<StridedSliceAttributes>) => {
    const { x } = inputs as Single;
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
    const info = tf.slice_util.sliceInfo(
      [...x.shape],
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    );
    // An end before the first element, which only a negative stride has, is a large negative number in ONNX.
    const ends = info.end.map((end, axis) => (end < 0 ? -x.shape[axis]! - 1 : end));
    const axes = x.shape.map((_, axis) => axis);
    const bounds = [info.begin, ends, axes, info.strides].map((values) => builder.integers(values));
    const sliced = builder.node('Slice', [x, ...bounds], { shape: stridedSizes(info), dtype: x.dtype });
    return reshape(builder, sliced, info.finalShape);
  },
  Tile: ({ inputs, attributes, builder }: KernelCall<{ reps: number[] }>) => {
    const { x } = inputs as Single;
    const shape = x.shape.map((size, axis) => size * attributes.reps[axis]!);
    return builder.node('Tile', [x, builder.integers(attributes.reps)], { shape, dtype: x.dtype });
  },
  Unpack: ({ inputs, attributes, builder }: KernelCall<{ axis: number }>) => {
    const { value } = inputs as { value: Value };
    const axis = attributes.axis < 0 ? attributes.axis + value.shape.length : attributes.axis;
    const shape = value.shape.toSpliced(axis, 1);
    const size = value.shape.with(axis, 1);
    return Array.from({ length: value.shape[axis]! }, (_, index) => {
      const begin = value.shape.map((_, other) => (other === axis ? index : 0));
      return reshape(builder, slice(builder, value, begin, size), shape);
    });
  },
};

function reverse(builder: GraphBuilder, x: Value, axes: readonly number[]): Value {
  const bounds = (value: number): Value => builder.integers(axes.map(() => value));
  const end = builder.integers(axes.map((axis) => -x.shape[axis]! - 1));
  return builder.node('Slice', [x, bounds(-1), end, builder.integers(axes), bounds(-1)], x);
}
