import * as tf from '@tensorflow/tfjs-core';

/**
 * Gradients of kernels that pick, place or repeat elements. What was picked gets its derivative back by a sum over flat
 * positions, which is right also where an element was picked more than once.
 */
export const rearrangementGradients: readonly tf.GradConfig[] = [
  {
    kernelName: 'StridedSlice',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
        attributes as unknown as StridedSliceAttributes;
      const info = tf.slice_util.sliceInfo(
        x!.shape,
        begin,
        end,
        strides,
        beginMask,
        endMask,
        ellipsisMask,
        newAxisMask,
        shrinkAxisMask,
      );
      const along = stridedSizes(info).map((size, axis) =>
        Int32Array.from({ length: size }, (_, index) => info.begin[axis]! + index * info.strides[axis]!),
      );
      return { x: () => addAt(dy as tf.Tensor, flatPositions(x!.shape, along), x!.shape) };
    },
  },
  {
    kernelName: 'MirrorPad',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const { paddings, mode } = attributes as unknown as MirrorPadAttributes;
      const along = x!.shape.map((size, axis) => mirroredIndices(size, paddings[axis]!, mode));
      return { x: () => addAt(dy as tf.Tensor, flatPositions(x!.shape, along), x!.shape) };
    },
  },
  {
    kernelName: 'TopK',
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (dy, saved) => {
      const [x, indices] = saved as [tf.Tensor, tf.Tensor];
      const [values] = dy as tf.Tensor[];
      return {
        x: () => {
          const columns = x.shape.at(-1)!;
          const rows = x.size / columns;
          const offsets = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(columns, 'int32')); // [rows]
          const positions = tf.add(tf.reshape(indices, [rows, -1]), tf.reshape(offsets, [rows, 1]));
          return addAt(values!, tf.reshape(positions, [-1]), x.shape);
        },
      };
    },
  },
  {
    kernelName: 'GatherNd',
    inputsToSave: ['params', 'indices'],
    gradFunc: (dy, saved) => {
      const [params, indices] = saved as [tf.Tensor, tf.Tensor];
      return {
        params: () => tf.scatterND(indices, dy as tf.Tensor, params.shape as never),
        indices: () => tf.zeros(indices.shape),
      };
    },
  },
  {
    kernelName: 'ScatterNd',
    inputsToSave: ['indices'],
    gradFunc: (dy, [indices]) => ({
      updates: () => tf.gatherND(dy as tf.Tensor, indices!),
      indices: () => tf.zeros(indices!.shape),
    }),
  },
  {
    kernelName: 'SparseToDense',
    inputsToSave: ['sparseIndices', 'sparseValues'],
    gradFunc: (dy, saved, attributes) => {
      const [indices, values] = saved as [tf.Tensor, tf.Tensor];
      const { outputShape } = attributes as unknown as { outputShape: number[] };
      const rows = tf.reshape(indices, [-1, outputShape.length]);
      const placed = (): tf.Tensor => tf.gatherND(dy as tf.Tensor, rows); // [values]
      return {
        sparseIndices: () => tf.zeros(indices.shape),
        sparseValues: () => (values.rank === 0 ? tf.sum(placed()) : placed()),
        defaultValue: () => tf.sub(tf.sum(dy as tf.Tensor), tf.sum(placed())),
      };
    },
  },
  {
    kernelName: 'TensorScatterUpdate',
    inputsToSave: ['indices', 'updates'],
    gradFunc: (dy, saved) => {
      const [indices, updates] = saved as [tf.Tensor, tf.Tensor];
      return {
        tensor: () => {
          // Into new ones, never into dy: the eager cpu backend updates its argument in place.
          const kept = tf.tensorScatterUpdate(
            tf.ones((dy as tf.Tensor).shape),
            indices,
            tf.zerosLike(updates),
          );
          return tf.mul(dy as tf.Tensor, kept);
        },
        updates: () => tf.gatherND(dy as tf.Tensor, indices),
        indices: () => tf.zeros(indices.shape),
      };
    },
  },
  {
    kernelName: 'Diag',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({
      x: () => {
        const square = tf.reshape(dy as tf.Tensor, [x!.size, x!.size]);
        return tf.reshape(tf.sum(tf.mul(square, tf.eye(x!.size)), 1), x!.shape);
      },
    }),
  },
  {
    kernelName: 'FlipLeftRight',
    gradFunc: (dy) => ({ image: () => tf.reverse(dy as tf.Tensor, 2) }),
  },
  {
    kernelName: 'DepthToSpace',
    gradFunc: (dy, _, attributes) => {
      const { blockSize, dataFormat } = attributes as unknown as { blockSize: number; dataFormat: string };
      return { x: () => spaceToDepth(dy as tf.Tensor, blockSize, dataFormat) };
    },
  },
];

/** Attributes of the StridedSlice kernel. */
export interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** Elements that a strided slice takes along each axis. */
export function stridedSizes({ begin, end, strides }: ReturnType<typeof tf.slice_util.sliceInfo>): number[] {
  return begin.map((first, axis) => Math.max(0, Math.ceil((end[axis]! - first) / strides[axis]!)));
}

/** Attributes of the MirrorPad kernel. */
export interface MirrorPadAttributes {
  readonly paddings: readonly (readonly [number, number])[];
  readonly mode: 'reflect' | 'symmetric';
}

/** Which element of an axis each element of the padded axis is. */
export function mirroredIndices(
  size: number,
  [before, after]: readonly [number, number],
  mode: MirrorPadAttributes['mode'],
): Int32Array {
  const edge = mode === 'reflect' ? 0 : 1; // symmetric padding repeats the border itself
  return Int32Array.from({ length: before + size + after }, (_, place) => {
    const index = place - before;
    if (index < 0) return -index - edge;
    return index < size ? index : 2 * (size - 1) - index + edge;
  });
}

/** Flat positions, in row-major order, of the grid of the indices along each axis. */
function flatPositions(shape: readonly number[], along: readonly Int32Array[]): tf.Tensor {
  let positions: Int32Array = Int32Array.of(0);
  for (const [axis, indices] of along.entries()) {
    const extended = new Int32Array(positions.length * indices.length);
    let place = 0;
    for (const position of positions) {
      for (const index of indices) extended[place++] = position * shape[axis]! + index;
    }
    positions = extended;
  }
  return tf.tensor1d(positions, 'int32');
}

/** Zeros of `shape`, with every element of `x` added at its flat position. */
function addAt(x: tf.Tensor, positions: tf.Tensor, shape: number[]): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const sums = tf.unsortedSegmentSum(tf.reshape(x, [-1]), positions as tf.Tensor1D, size);
  return tf.reshape(sums, shape);
}

function spaceToDepth(x: tf.Tensor, block: number, dataFormat: string): tf.Tensor {
  const channelsLast = dataFormat === 'NHWC';
  const [batch, first, second, third] = x.shape as [number, number, number, number];
  const [height, width, depth] = channelsLast ? [first, second, third] : [second, third, first];
  const [rows, columns] = [height / block, width / block];
  if (channelsLast) {
    const parts = tf.reshape(x, [batch, rows, block, columns, block, depth]);
    return tf.reshape(tf.transpose(parts, [0, 1, 3, 2, 4, 5]), [batch, rows, columns, block * block * depth]);
  }
  const parts = tf.reshape(x, [batch, depth, rows, block, columns, block]);
  return tf.reshape(tf.transpose(parts, [0, 3, 5, 1, 2, 4]), [batch, block * block * depth, rows, columns]);
}
