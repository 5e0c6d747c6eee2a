import * as tf from '@tensorflow/tfjs-core';
import type { ComposedKernels } from './composed-kernel.ts';

/** Sums of rows by number, on the host: adding where an index points is no tensor algebra. */
export const segmentSumKernels: ComposedKernels = {
  UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }: { numSegments: number }) => {
    const ids = segmentIds!.dataSync();
    const values = x!.dataSync() as Float32Array | Int32Array;
    const rowSize = ids.length > 0 ? values.length / ids.length : 0;
    const length = numSegments * tf.util.sizeFromShape(x!.shape.slice(segmentIds!.rank));
    const sums = x!.dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
    for (const [row, id] of ids.entries()) {
      if (id < 0 || id >= numSegments) continue; // as in tfjs, rows of no segment are left out
      const [from, to] = [row * rowSize, id * rowSize];
      for (let column = 0; column < rowSize; column++) sums[to + column]! += values[from + column]!;
    }
    return tf.tensor(sums, [numSegments, ...x!.shape.slice(segmentIds!.rank)]);
  },
};
