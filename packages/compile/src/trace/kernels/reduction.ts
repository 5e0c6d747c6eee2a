import * as tf from '@tensorflow/tfjs-core';
import type { GraphDType, Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import type { KernelCall, TraceKernel, TraceKernels } from '../trace-kernel.ts';
import { cast } from './layout.ts';

type Axes = number | readonly number[];

/** `Max` alone names its axes `reductionIndices`. */
type ReductionAttributes = {
  readonly axis?: Axes;
  readonly reductionIndices?: Axes;
  readonly keepDims?: boolean;
};

const reduction =
  (operator: string): TraceKernel =>
  ({ inputs, attributes, builder }: KernelCall<ReductionAttributes>) => {
    const { x } = inputs as { x: Value };
    const { axes, kept } = reducedShape(x, attributes.axis ?? attributes.reductionIndices);
    if (axes.length === 0) return x; // which ONNX would take for all of them
    const reduced = builder.node(
      operator,
      [x, builder.integers(axes)],
      { shape: kept, dtype: x.dtype },
      { keepdims: 1 },
    );
    if (attributes.keepDims) return reduced;
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    return builder.node('Reshape', [reduced, builder.integers(shape)], { shape, dtype: x.dtype });
  };

/** All/Any: a bool reduction has no ONNX operator, its int32 minimum or maximum has. */
const boolReduction =
  (operator: string): TraceKernel =>
  (call) => {
    const { inputs, builder } = call;
    const { x } = inputs as { x: Value };
    const integers = builder.node('Cast', [x], { shape: x.shape, dtype: 'int32' });
    const result = reduction(operator)({ ...call, inputs: { x: integers } }) as Value;
    return builder.node('Cast', [result], { shape: result.shape, dtype: 'bool' });
  };

const indexReduction =
  (operator: string): TraceKernel =>
  ({ inputs, attributes, builder }: KernelCall<{ axis: number }>) => {
    const { x } = inputs as { x: Value };
    const axis = attributes.axis < 0 ? attributes.axis + x.shape.length : attributes.axis;
    const shape = x.shape.filter((_, index) => index !== axis);
    const numbers = x.dtype === 'bool' ? cast(builder, x, 'int32') : x;
    const index = builder.node(operator, [numbers], { shape, dtype: 'int64' }, { axis, keepdims: 0 });
    return builder.node('Cast', [index], { shape, dtype: 'int32' });
  };

const softmax =
  (operator: string): TraceKernel =>
  ({ inputs, attributes, builder }: KernelCall<{ dim?: number; axis?: number }>) => {
    const { logits } = inputs as { logits: Value };
    return builder.node(operator, [logits], logits, { axis: attributes.dim ?? attributes.axis ?? -1 });
  };

function reducedShape(x: Value, axis: Axes | undefined): { axes: number[]; kept: number[] } {
  const axes = tf.util.parseAxisParam((axis ?? x.shape.map((_, index) => index)) as number | number[], [
    ...x.shape,
  ]);
  return { axes, kept: x.shape.map((size, index) => (axes.includes(index) ? 1 : size)) };
}

/** Flags are counted. */
function summable(builder: GraphBuilder, x: Value): Value {
  return x.dtype === 'bool' ? cast(builder, x, 'int32') : x;
}

/** Sums, extrema and normalizations along axes. */
export const reductionKernels: TraceKernels = {
  All: boolReduction('ReduceMin'),
  Any: boolReduction('ReduceMax'),
  ArgMax: indexReduction('ArgMax'),
  ArgMin: indexReduction('ArgMin'),
  /** By doubling: after step d each element holds the product of its d neighbors before it and itself. */
  Cumprod: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ axis: number; exclusive: boolean; reverse: boolean }>) => {
    const x = summable(builder, inputs.x!);
    const { axis, exclusive, reverse } = attributes;
    const length = x.shape[axis]!;
    /** Moved by `distance` along the axis, with ones coming in. */
    const shifted = (value: Value, distance: number): Value => {
      const [begin, end] = reverse ? [distance, length] : [0, length - distance];
      const kept = builder.node(
        'Slice',
        [value, ...[[begin], [end], [axis]].map((bound) => builder.integers(bound))],
        { shape: x.shape.with(axis, length - distance), dtype: x.dtype },
      );
      const before = x.shape.map((_, other) => (other === axis && !reverse ? distance : 0));
      const after = x.shape.map((_, other) => (other === axis && reverse ? distance : 0));
      const pads = builder.integers([...before, ...after]);
      return builder.node('Pad', [kept, pads, builder.uniform(1, [], x.dtype)], x);
    };
    let product = exclusive ? shifted(x, 1) : x;
    for (let distance = 1; distance < length; distance *= 2) {
      product = builder.node('Mul', [product, shifted(product, distance)], x);
    }
    return product;
  },
  Cumsum: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ axis: number; exclusive: boolean; reverse: boolean }>) => {
    const x = summable(builder, inputs.x!);
    const axis = builder.uniform(attributes.axis, [], 'int64' satisfies GraphDType);
    return builder.node('CumSum', [x, axis], x, {
      exclusive: attributes.exclusive ? 1 : 0,
      reverse: attributes.reverse ? 1 : 0,
    });
  },
  LogSoftmax: softmax('LogSoftmax'),
  Max: reduction('ReduceMax'),
  Mean: (call) => {
    const x = cast(call.builder, call.inputs.x!, 'float32');
    return reduction('ReduceMean')({ ...call, inputs: { x } });
  },
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Softmax: softmax('Softmax'),
  Sum: reduction('ReduceSum'),
};
