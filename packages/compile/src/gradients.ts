// tfjs-core registers its gradients only in its bundler build. Bundlers take them from tfjs-core itself; Node takes a
// bundle of the same files, made on install (build/bundle-gradients.js). Both register into tfjs's global registry.
import '#tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Makes sure that tfjs's gradients are registered.
 *
 * @throws {Error} if they are not, which means that a bundler dropped them
 */
export function ensureGradients(): void {
  if (tf.getGradient('BatchMatMul')) return;
  throw new Error(
    'compile: the gradients of tfjs-core are not registered. Keep the side effects of @tensorflow/tfjs-core/dist/register_all_gradients.js in the bundle.',
  );
}
