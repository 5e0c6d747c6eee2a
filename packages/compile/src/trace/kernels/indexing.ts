import type { Value } from '../../graph/graph.ts';
import type { OutputSpec } from '../../graph/graph-builder.ts';
import { type DType, sizeOf } from '../../tensor-data.ts';
import type { KernelCall, TraceKernels } from '../trace-kernel.ts';

/** Reading and writing by index. */
export const indexingKernels: TraceKernels = {
  GatherV2: ({ inputs, attributes, builder }: KernelCall<{ axis: number; batchDims: number }>) => {
    const { x, indices } = inputs as { x: Value; indices: Value };
    if (attributes.batchDims) {
      throw new Error(
        `compile: gather with batchDims ${attributes.batchDims} cannot be traced yet. Use batchDims 0.`,
      );
    }
    const axis = attributes.axis < 0 ? attributes.axis + x.shape.length : attributes.axis;
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
  /**
   * Rows are added by `ScatterElements`, with an index for each element: ONNX Runtime's `ScatterND` adds from several
   * threads without a lock and loses rows that share an index.
   */
  UnsortedSegmentSum: ({ inputs, attributes, builder }: KernelCall<{ numSegments: number }>) => {
    const { x, segmentIds } = inputs as { x: Value; segmentIds: Value };
    const rowCount = sizeOf(segmentIds.shape);
    const rowSize = sizeOf(x.shape) / rowCount;
    const matrix: OutputSpec = { shape: [rowCount, rowSize], dtype: x.dtype };
    const reshape = (value: Value, { shape, dtype = value.dtype }: OutputSpec): Value =>
      builder.node('Reshape', [value, builder.integers(shape)], { shape, dtype });
    const column = reshape(segmentIds, { shape: [rowCount, 1] });
    const indices = builder.node('Expand', [column, builder.integers(matrix.shape)], {
      ...matrix,
      dtype: 'int32',
    });
    const sums: OutputSpec = { shape: [attributes.numSegments, rowSize], dtype: x.dtype };
    const zeros = builder.uniform(0, sums.shape, x.dtype);
    const operands = [zeros, indices, reshape(x, matrix)];
    const summed = builder.node('ScatterElements', operands, sums, { axis: 0, reduction: 'add' });
    return reshape(summed, { shape: [attributes.numSegments, ...x.shape.slice(segmentIds.shape.length)] });
  },
};
