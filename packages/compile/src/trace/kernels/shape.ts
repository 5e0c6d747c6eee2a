import * as tf from '@tensorflow/tfjs-core';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { DType } from '../../tensor-data.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';

type Single = { readonly x: Value };

/** Rearranging without arithmetic: shapes, parts, joins, constants. */
export const shapeKernels: TraceKernels = {
  Concat: ({ inputs, attributes, builder }: KernelCall<{ axis: number }>) => {
    const values = Object.values(inputs);
    const axis = tf.util.parseAxisParam(attributes.axis, [...values[0]!.shape])[0]!;
    const shape = tf.backend_util.computeOutShape(
      values.map((value) => [...value.shape]),
      axis,
    );
    return builder.node('Concat', values, { shape, dtype: values[0]!.dtype }, { axis });
  },
  ExpandDims: ({ inputs, attributes, builder }: KernelCall<{ dim: number }>) => {
    const { input } = inputs as { input: Value };
    const shape = [...input.shape];
    shape.splice(attributes.dim < 0 ? attributes.dim + shape.length + 1 : attributes.dim, 0, 1);
    return reshape(builder, input, shape);
  },
  Fill: ({ attributes, builder }: KernelCall<{ shape: number[]; value: number; dtype?: DType }>) =>
    builder.uniform(attributes.value, attributes.shape, attributes.dtype ?? 'float32'),
  Pack: ({ inputs, attributes, builder }: KernelCall<{ axis: number }>) => {
    const values = Object.values(inputs);
    const { shape, dtype } = values[0]!;
    const expanded = [...shape.slice(0, attributes.axis), 1, ...shape.slice(attributes.axis)];
    const packed = expanded.map((size, axis) => (axis === attributes.axis ? values.length : size));
    const parts = values.map((value) => reshape(builder, value, expanded));
    return builder.node('Concat', parts, { shape: packed, dtype }, { axis: attributes.axis });
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
    const axes = tf.util.parseAxisParam(attributes.dims, [...x.shape]);
    const bounds = (value: number): Value => builder.integers(axes.map(() => value));
    const end = builder.integers(axes.map((axis) => -x.shape[axis]! - 1));
    return builder.node('Slice', [x, bounds(-1), end, builder.integers(axes), bounds(-1)], x);
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

function reshape(builder: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return builder.node('Reshape', [x, builder.integers(shape)], { shape, dtype: x.dtype });
}

function slice(builder: GraphBuilder, x: Value, begin: readonly number[], size: readonly number[]): Value {
  // Only the axes that are cut are named.
  const axes = x.shape.map((_, axis) => axis).filter((axis) => size[axis] !== x.shape[axis]);
  const bounds = [axes.map((axis) => begin[axis]!), axes.map((axis) => begin[axis]! + size[axis]!), axes];
  return builder.node('Slice', [x, ...bounds.map((bound) => builder.integers(bound))], {
    shape: size,
    dtype: x.dtype,
  });
}
