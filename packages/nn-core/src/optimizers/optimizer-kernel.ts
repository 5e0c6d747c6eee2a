import { OPTIMIZER_KERNEL } from './optimizer-kernel.wasm.ts';

/** The numbers of one AdamW step that are the same for every element. */
export interface AdamWCoefficients {
  /** Factor of the weight: 1 − learningRate · weightDecay. */
  readonly keep: number;
  /** learningRate / (1 − beta1ᵗ) */
  readonly stepSize: number;
  readonly beta1: number;
  readonly beta2: number;
  /** 1 / √(1 − beta2ᵗ) */
  readonly inverseCorrection: number;
  readonly epsilon: number;
  readonly gradientScale: number;
}

/**
 * One AdamW step over a whole parameter, in place, in float32 SIMD.
 *
 * The arrays stay where they are: chunks that fit the cache are copied through the kernel's memory, which costs less than the
 * main memory's bandwidth does.
 */
export function updateAdamW(
  weights: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  coefficients: AdamWCoefficients,
): void {
  const kernel = loadKernel();
  const { keep, stepSize, beta1, beta2, inverseCorrection, epsilon, gradientScale } = coefficients;
  for (let start = 0; start < weights.length; start += kernel.chunkLength) {
    const end = Math.min(start + kernel.chunkLength, weights.length);
    const length = end - start;
    const chunks = [weights, gradient, first, second].map((array) => array.subarray(start, end));
    for (const [operand, chunk] of chunks.entries()) kernel.operands[operand]!.set(chunk);
    kernel.adamw(length, keep, stepSize, beta1, beta2, inverseCorrection, epsilon, gradientScale);
    for (const operand of [0, 2, 3]) {
      chunks[operand]!.set(
        length === kernel.chunkLength
          ? kernel.operands[operand]!
          : kernel.operands[operand]!.subarray(0, length),
      );
    }
  }
}

/** The sum of the squares of all elements, in float64. */
export function sumOfSquares(values: Float32Array): number {
  const kernel = loadKernel();
  const operand = kernel.operands[1];
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

interface Kernel {
  readonly chunkLength: number;
  /** Weights, gradient, first and second moment, as the kernel's memory holds a chunk of them. */
  readonly operands: readonly [Float32Array, Float32Array, Float32Array, Float32Array];
  adamw(length: number, ...coefficients: number[]): void;
  sumOfSquares(length: number): number;
}

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  readonly chunkLength: WebAssembly.Global;
  readonly weights: WebAssembly.Global;
  readonly gradient: WebAssembly.Global;
  readonly first: WebAssembly.Global;
  readonly second: WebAssembly.Global;
  readonly adamw: Kernel['adamw'];
  readonly sumOfSquares: Kernel['sumOfSquares'];
}

let loaded: Kernel | undefined;

/** Instantiated on first use, and once: the memory is scratch space. */
function loadKernel(): Kernel {
  if (loaded) return loaded;
  const bytes = Uint8Array.from(atob(OPTIMIZER_KERNEL), (character) => character.charCodeAt(0));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  const exports = instance.exports as unknown as KernelExports;
  const chunkLength = exports.chunkLength.value as number;
  const view = (offset: WebAssembly.Global): Float32Array =>
    new Float32Array(exports.memory.buffer, offset.value as number, chunkLength);
  loaded = {
    chunkLength,
    operands: [view(exports.weights), view(exports.gradient), view(exports.first), view(exports.second)],
    adamw: exports.adamw,
    sumOfSquares: exports.sumOfSquares,
  };
  return loaded;
}
