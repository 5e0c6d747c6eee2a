import { ShapeError } from '@wordloom/compile';
import { Kernel, type UpdateKernel } from './kernel.ts';

const GRADIENT = 1;

/**
 * Runs a kernel over whole arrays, in place, in float32 SIMD.
 *
 * Arrays of {@link allocateSlots} are read and written where they are. All others stay in their own memory: chunks that fit the
 * cache are copied through the kernel's.
 *
 * @param owner        what an error message starts with
 * @param arrays       weights, gradient, then the slots in the kernel's order; undefined for one it does not use. All but the
 * gradient are changed
 * @param coefficients as the kernel takes them
 * @throws {ShapeError} if the arrays differ in length; nothing is changed then
 */
export function runKernel(
  owner: string,
  kernelName: UpdateKernel,
  arrays: readonly [Float32Array, Float32Array, ...(Float32Array | undefined)[]],
  coefficients: readonly number[],
): void {
  const { length } = arrays[0];
  const other = arrays.find((array) => array && array.length !== length);
  if (other) {
    throw new ShapeError(
      `${owner}: arrays must be as long as the weights, got ${other.length} for ${length} elements.`,
    );
  }
  const kernel = Kernel.of(arrays);
  for (let start = 0; start < length; start += kernel.chunkLength) {
    const count = Math.min(kernel.chunkLength, length - start);
    const places = arrays.map((array, index) => (array ? kernel.bringIn(index, array, start, count) : 0));
    kernel.run[kernelName](...places, count, ...coefficients);
    for (const [index, array] of arrays.entries()) {
      if (array && index !== GRADIENT) kernel.takeBack(index, array, start, count);
    }
  }
}

/** The sum of the squares of all elements, in float64. */
export function sumOfSquares(values: Float32Array): number {
  const kernel = Kernel.of([]);
  let sum = 0;
  for (let start = 0; start < values.length; start += kernel.chunkLength) {
    const count = Math.min(kernel.chunkLength, values.length - start);
    sum += kernel.run.sumOfSquares(kernel.bringIn(0, values, start, count), count);
  }
  return sum;
}
