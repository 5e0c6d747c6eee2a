import * as tf from '@tensorflow/tfjs-core';
import { type ComposedKernels, composedFunction } from './composed-kernel.ts';
import { convolutionSlopeKernels } from './convolution-slopes.ts';
import { einsumKernels } from './einsum.ts';
import { maxPoolSlopeKernels } from './max-pool-slope.ts';
import { multinomialOr } from './multinomial.ts';
import { segmentSumKernels } from './segment-sum.ts';

/** Kernels that training needs and not every backend of tfjs has. */
const EAGER_KERNELS: ComposedKernels = {
  ...convolutionSlopeKernels,
  ...einsumKernels,
  ...maxPoolSlopeKernels,
  ...segmentSumKernels,
};

/** Kernels that the backend has, but wrong. */
function isWrong(kernelName: string, backendName: string): boolean {
  // Einsum forgets operands, everywhere. MaxPoolGrad finds no maximum below zero.
  return kernelName === 'Einsum' || (kernelName === 'MaxPoolGrad' && backendName === 'wasm');
}

/**
 * Gives an eager backend of tfjs the kernels that it lacks for training, composed of those that it has: for the WebAssembly
 * backend `UnsortedSegmentSum` (the gradient of an embedding), `Einsum`, `Conv2DBackpropFilter` and the gradients of depthwise
 * convolution. Two are replaced because they are wrong: `Einsum` (for equations such as `ij,j->j`) on every backend, and
 * `MaxPoolGrad` on the WebAssembly backend. Inside `withRandomness`, `Multinomial` draws what it draws compiled.
 *
 * @param backendName default the active one
 * @returns the names of the kernels that were registered
 * @throws {RangeError} if tfjs does not know the backend
 * @example
 * import '@tensorflow/tfjs-backend-wasm';
 * await tf.setBackend('wasm');
 * registerMissingKernels();
 */
export function registerMissingKernels(backendName: string = tf.getBackend()): string[] {
  if (!tf.findBackendFactory(backendName)) {
    throw new RangeError(
      `registerMissingKernels: backendName must be a backend that tfjs knows, got "${backendName}". Import its package first.`,
    );
  }
  const registered: string[] = [];
  for (const [kernelName, kernel] of Object.entries(EAGER_KERNELS)) {
    const present = tf.getKernel(kernelName, backendName) !== undefined;
    if (present && !isWrong(kernelName, backendName)) continue;
    if (present) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ kernelName, backendName, kernelFunc: composedFunction(kernel) });
    registered.push(kernelName);
  }
  return [...registered, ...registerDraws(backendName)];
}

/** Replaces what draws random numbers, unless it is replaced already. */
function registerDraws(backendName: string): string[] {
  const own = tf.getKernel('Multinomial', backendName);
  const kernelFunc = own && multinomialOr(own.kernelFunc);
  if (!own || kernelFunc === own.kernelFunc) return [];
  tf.unregisterKernel(own.kernelName, backendName);
  tf.registerKernel({ ...own, kernelFunc: kernelFunc! });
  return [own.kernelName];
}
