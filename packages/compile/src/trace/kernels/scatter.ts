import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder, OutputSpec } from '../../graph/graph-builder.ts';
import { sizeOf } from '../../tensor-data.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';
import { reshape } from './layout.ts';

/** Reading and writing where index vectors point. */
export const scatterKernels: TraceKernels = {
  GatherNd: ({ inputs, builder }) => {
    const { params, indices } = inputs as { params: Value; indices: Value };
    const depth = indices.shape.at(-1)!;
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
    return builder.node('GatherND', [params, toInt64(builder, indices)], { shape, dtype: params.dtype });
  },
  /** Sums what points to the same place. */
  ScatterNd: ({ inputs, attributes, builder }: KernelCall<{ shape: number[] }>) => {
    const { indices, updates } = inputs as { indices: Value; updates: Value };
    const { shape } = attributes;
    const depth = indices.shape.at(-1)!;
    const outer = shape.slice(0, depth);
    const strides = outer.map((_, axis) => sizeOf(outer.slice(axis + 1)));
    const strideRow = builder.constant(Int32Array.from(strides), { dtype: 'int32', shape: [depth] });
    const offsets = builder.node('Mul', [indices, strideRow], { shape: indices.shape, dtype: 'int32' });
    const rows: OutputSpec = { shape: [...indices.shape.slice(0, -1), 1], dtype: 'int32' };
    const positions = builder.node(
      'ReduceSum',
      [offsets, builder.integers([indices.shape.length - 1])],
      rows,
      {
        keepdims: 1,
      },
    );
    const summed = addRows(builder, updates, positions, sizeOf(outer));
    return reshape(builder, summed, shape);
  },
  SparseToDense: ({ inputs, attributes, builder }: KernelCall<{ outputShape: number[] }>) => {
    const { sparseIndices, sparseValues, defaultValue } = inputs as Record<string, Value>;
    const { outputShape: shape } = attributes;
    const depth = shape.length;
    const count = sizeOf(sparseIndices!.shape) / depth;
    const { dtype } = sparseValues!;
    const filled = builder.node('Expand', [defaultValue!, builder.integers(shape)], { shape, dtype });
    const indices = reshape(builder, toInt64(builder, sparseIndices!), [count, depth]);
    const values = builder.node('Expand', [sparseValues!, builder.integers([count])], {
      shape: [count],
      dtype,
    });
    return builder.node('ScatterND', [filled, indices, values], { shape, dtype });
  },
  TensorScatterUpdate: ({ inputs, builder }) => {
    const { tensor, indices, updates } = inputs as Record<string, Value>;
    return builder.node('ScatterND', [tensor!, toInt64(builder, indices!), updates!], tensor!);
  },
  UnsortedSegmentSum: ({ inputs, attributes, builder }: KernelCall<{ numSegments: number }>) => {
    const { x, segmentIds } = inputs as { x: Value; segmentIds: Value };
    const summed = addRows(builder, x, segmentIds, attributes.numSegments);
    const shape = [attributes.numSegments, ...x.shape.slice(segmentIds.shape.length)];
    return reshape(builder, summed, shape);
  },
};

/**
 * Sums the rows of `x` that have the same position: `[rowCount, …]` → `[count, row size]`.
 *
 * By `ScatterElements`, with an index for each element: ONNX Runtime's `ScatterND` adds from several threads without a lock
 * and loses rows that share an index.
 */
function addRows(builder: GraphBuilder, x: Value, positions: Value, count: number): Value {
  const rowCount = sizeOf(positions.shape);
  const rowSize = sizeOf(x.shape) / rowCount;
  const matrix = [rowCount, rowSize];
  const column = reshape(builder, positions, [rowCount, 1]);
  const indices = builder.node('Expand', [column, builder.integers(matrix)], {
    shape: matrix,
    dtype: 'int32',
  });
  const sums: OutputSpec = { shape: [count, rowSize], dtype: x.dtype };
  const zeros = builder.uniform(0, sums.shape, x.dtype);
  const operands = [zeros, indices, reshape(builder, x, matrix)];
  return builder.node('ScatterElements', operands, sums, { axis: 0, reduction: 'add' });
}

/** Index vectors must be int64 in ONNX. */
function toInt64(builder: GraphBuilder, indices: Value): Value {
  return builder.node('Cast', [indices], { shape: indices.shape, dtype: 'int64' });
}
