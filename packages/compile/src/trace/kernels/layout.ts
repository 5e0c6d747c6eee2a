import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { WindowAxis } from './windows.ts';

/** Where tfjs keeps the channels of images and volumes. */
export type DataFormat = 'NHWC' | 'NCHW' | 'NDHWC' | 'NCDHW';

/** `[batch, …space, channels]` → `[batch, channels, …space]`; what is so already stays. */
export function toChannelsFirst(builder: GraphBuilder, x: Value, dataFormat: DataFormat = 'NHWC'): Value {
  if (dataFormat.startsWith('NC')) return x;
  const last = x.shape.length - 1;
  return transpose(builder, x, [0, last, ...x.shape.slice(2).map((_, index) => index + 1)]);
}

/** The way back of {@link toChannelsFirst}. */
export function fromChannelsFirst(builder: GraphBuilder, x: Value, dataFormat: DataFormat = 'NHWC'): Value {
  if (dataFormat.startsWith('NC')) return x;
  return transpose(builder, x, [0, ...x.shape.slice(2).map((_, index) => index + 2), 1]);
}

/** Without the elements that no window may have, along the spatial axes of `[batch, channels, …space]`. */
export function withoutSkipped(builder: GraphBuilder, x: Value, axes: readonly WindowAxis[]): Value {
  const begin = [0, 0, ...axes.map(({ skipped }) => skipped)];
  return slice(builder, x, begin, [...x.shape.slice(0, 2), ...axes.map(({ size }) => size)]);
}

/** The way back of {@link withoutSkipped}: zeros there. */
export function withSkipped(builder: GraphBuilder, x: Value, axes: readonly WindowAxis[]): Value {
  if (axes.every(({ skipped, dropped }) => skipped + dropped === 0)) return x;
  const before = [0, 0, ...axes.map(({ skipped }) => skipped)];
  return pad(builder, x, before, [0, 0, ...axes.map(({ dropped }) => dropped)]);
}

export function transpose(builder: GraphBuilder, x: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => x.shape[axis]!);
  return builder.node('Transpose', [x], { shape, dtype: x.dtype }, { perm });
}

export function reshape(builder: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return builder.node('Reshape', [x, builder.integers(shape)], { shape, dtype: x.dtype });
}

/** Surrounded by `value`: so many elements before and after along each axis. */
export function pad(
  builder: GraphBuilder,
  x: Value,
  before: readonly number[],
  after: readonly number[],
  value = 0,
): Value {
  const shape = x.shape.map((size, axis) => size + before[axis]! + after[axis]!);
  const operands = [x, builder.integers([...before, ...after]), builder.uniform(value, [], x.dtype)];
  return builder.node('Pad', operands, { shape, dtype: x.dtype });
}

/** As another type; what has it already stays. */
export function cast(builder: GraphBuilder, x: Value, dtype: Value['dtype']): Value {
  return x.dtype === dtype ? x : builder.node('Cast', [x], { shape: x.shape, dtype });
}

/** A part, by its first element and its size along each axis. */
export function slice(
  builder: GraphBuilder,
  x: Value,
  begin: readonly number[],
  size: readonly number[],
): Value {
  // Only the axes that are cut are named.
  const axes = x.shape.map((_, axis) => axis).filter((axis) => size[axis] !== x.shape[axis]);
  if (axes.length === 0) return x;
  const bounds = [axes.map((axis) => begin[axis]!), axes.map((axis) => begin[axis]! + size[axis]!), axes];
  return builder.node('Slice', [x, ...bounds.map((bound) => builder.integers(bound))], {
    shape: size,
    dtype: x.dtype,
  });
}
