import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';

/** `[batch, height, width, channels]` → `[batch, channels, height, width]`; what is so already stays. */
export function toChannelsFirst(
  builder: GraphBuilder,
  x: Value,
  dataFormat: 'NHWC' | 'NCHW' = 'NHWC',
): Value {
  return dataFormat === 'NHWC' ? transpose(builder, x, [0, 3, 1, 2]) : x;
}

/** The way back of {@link toChannelsFirst}. */
export function fromChannelsFirst(
  builder: GraphBuilder,
  x: Value,
  dataFormat: 'NHWC' | 'NCHW' = 'NHWC',
): Value {
  return dataFormat === 'NHWC' ? transpose(builder, x, [0, 2, 3, 1]) : x;
}

export function transpose(builder: GraphBuilder, x: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => x.shape[axis]!);
  return builder.node('Transpose', [x], { shape, dtype: x.dtype }, { perm });
}

export function reshape(builder: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return builder.node('Reshape', [x, builder.integers(shape)], { shape, dtype: x.dtype });
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
