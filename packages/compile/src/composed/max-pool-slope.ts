import * as tf from '@tensorflow/tfjs-core';
import { type PoolAttributes, poolAxes } from '../trace/kernels/pooling.ts';
import type { WindowAxis } from '../trace/kernels/windows.ts';
import type { ComposedKernels } from './composed-kernel.ts';

/** The gradient of a maximum over planar windows, on the host: dy goes to where the largest was, the first of equals. */
export const maxPoolSlopeKernels: ComposedKernels = {
  MaxPoolGrad: ({ dy, input }, attributes: PoolAttributes) => {
    const [rows, columns] = poolAxes(input!.shape, attributes) as [WindowAxis, WindowAxis];
    const [batch, height, width, channels] = input!.shape as [number, number, number, number];
    const values = input!.dataSync();
    const slopes = dy!.dataSync();
    const sums = new Float32Array(values.length);
    let place = 0; // in dy: its elements are met in order
    for (let image = 0; image < batch; image++) {
      for (let row = 0; row < rows.out; row++) {
        const [top, bottom] = span(rows, row);
        for (let column = 0; column < columns.out; column++) {
          const [left, right] = span(columns, column);
          for (let channel = 0; channel < channels; channel++) {
            let largest = ((image * height + top) * width + left) * channels + channel;
            for (let y = top; y < bottom; y++) {
              for (let x = left; x < right; x++) {
                const index = ((image * height + y) * width + x) * channels + channel;
                if (values[index]! > values[largest]!) largest = index;
              }
            }
            sums[largest]! += slopes[place++]!;
          }
        }
      }
    }
    return tf.tensor(sums, input!.shape);
  },
};

/** The elements that a window covers. */
function span({ size, window, stride, before }: WindowAxis, place: number): [begin: number, end: number] {
  const begin = place * stride - before;
  return [Math.max(0, begin), Math.min(size, begin + window)];
}
