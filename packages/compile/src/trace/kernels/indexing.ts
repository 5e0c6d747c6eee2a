import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { type DType, sizeOf } from '../../tensor-data.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';

/** Reading and writing by index. */
export const indexingKernels: TraceKernels = {
  GatherV2: ({ inputs, attributes, builder }: KernelCall<{ axis: number; batchDims: number }>) => {
    const { x, indices } = inputs as { x: Value; indices: Value };
    const axis = attributes.axis < 0 ? attributes.axis + x.shape.length : attributes.axis;
    if (attributes.batchDims)
      return gatherInBatches(builder, { x, indices, axis, batchDims: attributes.batchDims });
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return builder.node('Gather', [x, indices], { shape, dtype: x.dtype }, { axis });
  },
  OneHot: ({
    inputs,
    attributes,
    builder,
  }: KernelCall<{ depth: number; onValue: number; offValue: number; dtype?: DType }>) => {
    const { indices } = inputs as { indices: Value };
    const { depth, onValue, offValue, dtype = 'int32' } = attributes;
    const shape = [...indices.shape, depth];
    const classes = builder.constant(
      Int32Array.from({ length: depth }, (_, index) => index),
      {
        dtype: 'int32',
        shape: [depth],
      },
    );
    const columnShape = [...indices.shape, 1];
    const column = builder.node('Reshape', [indices, builder.integers(columnShape)], {
      shape: columnShape,
      dtype: 'int32',
    });
    const matches = builder.node('Equal', [column, classes], { shape, dtype: 'bool' });
    const onOff = [builder.uniform(onValue), builder.uniform(offValue)];
    const values = builder.node('Where', [matches, ...onOff], { shape });
    return builder.node('Cast', [values], { shape, dtype });
  },
  SearchSorted: ({ inputs, attributes, builder }: KernelCall<{ side: 'left' | 'right' }>) =>
    countBelow(builder, inputs as Sorted, attributes.side === 'right' ? 'LessOrEqual' : 'Less'),
  LowerBound: ({ inputs, builder }) => countBelow(builder, inputs as Sorted, 'Less'),
  UpperBound: ({ inputs, builder }) => countBelow(builder, inputs as Sorted, 'LessOrEqual'),
  TopK: ({ inputs, attributes, builder }: KernelCall<{ k: number }>) => {
    const { x } = inputs as { x: Value };
    const shape = x.shape.with(-1, attributes.k);
    const outputs = [
      { shape, dtype: x.dtype },
      { shape, dtype: 'int64' as const },
    ];
    const [values, indices] = builder.nodes('TopK', [x, builder.integers([attributes.k])], {}, outputs);
    return [values!, builder.node('Cast', [indices!], { shape, dtype: 'int32' })];
  },
};

type Sorted = { readonly sortedSequence: Value; readonly values: Value };

/** Where each value would stand in its row's sequence: how many elements of `[rows, length]` are below it. */
function countBelow(builder: GraphBuilder, { sortedSequence, values }: Sorted, operator: string): Value {
  const [rows, length] = sortedSequence.shape as [number, number];
  const count = values.shape[1]!;
  const reshape = (x: Value, shape: number[]): Value =>
    builder.node('Reshape', [x, builder.integers(shape)], { shape, dtype: x.dtype });
  const pairs = [rows, count, length];
  const operands = [reshape(sortedSequence, [rows, 1, length]), reshape(values, [rows, count, 1])];
  const below = builder.node(operator, operands, { shape: pairs, dtype: 'bool' });
  const ones = builder.node('Cast', [below], { shape: pairs, dtype: 'int32' });
  return builder.node(
    'ReduceSum',
    [ones, builder.integers([2])],
    { shape: [rows, count], dtype: 'int32' },
    { keepdims: 0 },
  );
}

interface BatchedGather {
  readonly x: Value;
  readonly indices: Value;
  readonly axis: number;
  readonly batchDims: number;
}

/**
 * Each batch has its own indices. With the gathered axis next to the batch, and both as one, the indices of batch b only
 * need b · size added.
 */
function gatherInBatches(builder: GraphBuilder, { x, indices, axis, batchDims }: BatchedGather): Value {
  const batch = x.shape.slice(0, batchDims);
  const between = x.shape.slice(batchDims, axis);
  const rest = x.shape.slice(axis + 1);
  const picked = indices.shape.slice(batchDims);
  const batches = sizeOf(batch);
  const size = x.shape[axis]!;
  const reshape = (value: Value, shape: readonly number[]): Value =>
    builder.node('Reshape', [value, builder.integers(shape)], { shape, dtype: value.dtype });
  const transpose = (value: Value, perm: readonly number[]): Value =>
    builder.node(
      'Transpose',
      [value],
      { shape: perm.map((from) => value.shape[from]!), dtype: value.dtype },
      { perm },
    );
  const parts = reshape(x, [batches, sizeOf(between), size, sizeOf(rest)]);
  const table = reshape(transpose(parts, [0, 2, 1, 3]), [batches * size, sizeOf(between) * sizeOf(rest)]);
  const offsets = builder.constant(
    Int32Array.from({ length: batches }, (_, index) => index * size),
    { dtype: 'int32', shape: [batches, 1] },
  );
  const flat: { shape: number[]; dtype: 'int32' } = { shape: [batches, sizeOf(picked)], dtype: 'int32' };
  const positions = builder.node('Add', [reshape(indices, flat.shape), offsets], flat);
  const rows = builder.node(
    'Gather',
    [table, positions],
    { shape: [...flat.shape, table.shape[1]!], dtype: x.dtype },
    { axis: 0 },
  );
  const grid = reshape(rows, [batches, sizeOf(picked), sizeOf(between), sizeOf(rest)]);
  return reshape(transpose(grid, [0, 2, 1, 3]), [...batch, ...between, ...picked, ...rest]);
}
