import type { Value } from '../../graph/graph.ts';
import type { DType } from '../../tensor-data.ts';
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
  UnsortedSegmentSum: ({ inputs, attributes, builder }: KernelCall<{ numSegments: number }>) => {
    const { x, segmentIds } = inputs as { x: Value; segmentIds: Value };
    const shape = [attributes.numSegments, ...x.shape.slice(segmentIds.shape.length)];
    const columnShape = [...segmentIds.shape, 1];
    const indices = builder.node('Cast', [segmentIds], { shape: segmentIds.shape, dtype: 'int64' });
    const column = builder.node('Reshape', [indices, builder.integers(columnShape)], {
      shape: columnShape,
      dtype: 'int64',
    });
    const zeros = builder.uniform(0, shape, x.dtype);
    return builder.node('ScatterND', [zeros, column, x], { shape, dtype: x.dtype }, { reduction: 'add' });
  },
};
