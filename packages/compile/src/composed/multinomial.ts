import * as tf from '@tensorflow/tfjs-core';
import { drawOutcomes } from '../ops/random.ts';
import { isRandom } from '../random/randomness.ts';
import { type ComposedKernel, type ComposedKernels, composedFunction } from './composed-kernel.ts';

const multinomial: ComposedKernel = (
  { logits },
  { numSamples, normalized }: { numSamples: number; normalized: boolean },
) => drawOutcomes('compile: Multinomial', normalized ? logits! : tf.softmax(logits!), numSamples);

/** Draws by this package's randomness; tfjs's seed is not used. */
export const multinomialKernels: ComposedKernels = { Multinomial: multinomial };

/** The eager kernel with the same draws inside `withRandomness`, and tfjs's own outside. */
export function multinomialOr(own: tf.KernelFunc): tf.KernelFunc {
  if (replacements.has(own)) return own;
  const composed = composedFunction(multinomial);
  const either: tf.KernelFunc = (call) => (isRandom() ? composed(call) : own(call));
  replacements.add(either);
  return either;
}

const replacements = new WeakSet<tf.KernelFunc>();
