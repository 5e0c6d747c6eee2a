import { ShapeError } from '@wordloom/compile';
import { OPTIMIZER_KERNEL } from './optimizer-kernel.wasm.ts';

/** The kernels that change weights; assembly/optimizer.ts says what they compute. */
export type UpdateKernel = 'descend' | 'descendWithMomentum' | 'adam' | 'adagrad' | 'rmsprop' | 'lion';

const GRADIENT = 1;

/**
 * Runs a kernel over whole arrays, in place, in float32 SIMD.
 *
 * The arrays stay where they are: chunks that fit the cache are copied through the kernel's memory, which costs less than the
 * main memory's bandwidth does.
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
  const { chunkLength, operands, [kernelName]: kernel } = loadKernel();
  for (let start = 0; start < length; start += chunkLength) {
    const count = Math.min(chunkLength, length - start);
    for (const [index, array] of arrays.entries()) {
      if (array) operands[index]!.set(array.subarray(start, start + count));
    }
    kernel(count, ...coefficients);
    for (const [index, array] of arrays.entries()) {
      if (array && index !== GRADIENT) array.set(operands[index]!.subarray(0, count), start);
    }
  }
}

/** The sum of the squares of all elements, in float64. */
export function sumOfSquares(values: Float32Array): number {
  const kernel = loadKernel();
  const operand = kernel.operands[0]!;
  let sum = 0;
  for (let start = 0; start < values.length; start += kernel.chunkLength) {
    const chunk = values.subarray(start, start + kernel.chunkLength);
    operand.set(chunk);
    const padded = Math.ceil(chunk.length / 4) * 4;
    operand.fill(0, chunk.length, padded);
    sum += kernel.sumOfSquares(padded);
  }
  return sum;
}

type Kernels = Readonly<Record<UpdateKernel, (length: number, ...coefficients: number[]) => void>> & {
  sumOfSquares(length: number): number;
};

interface Kernel extends Kernels {
  readonly chunkLength: number;
  /** Chunks in the kernel's memory. */
  readonly operands: readonly Float32Array[];
}

interface KernelExports extends Kernels {
  readonly memory: WebAssembly.Memory;
  readonly chunkLength: WebAssembly.Global;
  readonly operands: WebAssembly.Global;
}

const OPERAND_COUNT = 5;

let loaded: Kernel | undefined;

/** Instantiated on first use, and once: the memory is scratch space. */
function loadKernel(): Kernel {
  if (loaded) return loaded;
  const bytes = Uint8Array.from(atob(OPTIMIZER_KERNEL), (character) => character.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  const exports = instance.exports as unknown as KernelExports;
  const chunkLength = exports.chunkLength.value as number;
  const begin = exports.operands.value as number;
  const operands = Array.from(
    { length: OPERAND_COUNT },
    (_, index) => new Float32Array(exports.memory.buffer, begin + index * 4 * chunkLength, chunkLength),
  );
  loaded = { ...exports, chunkLength, operands };
  return loaded;
}
