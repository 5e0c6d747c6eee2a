// tfjs-core registers its gradients only in its bundler build. Bundlers take them from tfjs-core itself; Node takes a
// bundle of the same files, made on install (build/bundle-gradients.js). Both register into tfjs's global registry.
import '#tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import { broadcastGradients } from './broadcast-gradients.ts';
import { composedGradients } from './composed-gradients.ts';
import { convolutionGradients } from './convolution-gradients.ts';
import { cumulativeGradients } from './cumulative-gradients.ts';
import { einsumGradient } from './einsum-gradient.ts';
import { poolingGradients } from './pooling-gradients.ts';
import { rearrangementGradients } from './rearrangement-gradients.ts';
import { reductionGradients } from './reduction-gradients.ts';
import { resizingGradients } from './resizing-gradients.ts';
import { selectionGradients } from './selection-gradients.ts';
import { stepGradients } from './step-gradients.ts';

let extended = false;

/**
 * Makes sure that tfjs's gradients are registered, and adds those that it lacks or that fail where operands are
 * broadcast: for eager and compiled programs alike.
 *
 * @throws {Error} if tfjs's own are not registered, which means that a bundler dropped them
 */
export function ensureGradients(): void {
  if (!tf.getGradient('BatchMatMul')) {
    throw new Error(
      'compile: the gradients of tfjs-core are not registered. Keep the side effects of @tensorflow/tfjs-core/dist/register_all_gradients.js in the bundle.',
    );
  }
  if (extended) return;
  extended = true;
  const gradients = [
    ...broadcastGradients,
    ...composedGradients,
    ...convolutionGradients,
    ...cumulativeGradients,
    ...poolingGradients,
    ...rearrangementGradients,
    ...reductionGradients,
    ...resizingGradients,
    ...selectionGradients,
    ...stepGradients,
    einsumGradient,
  ];
  for (const gradient of gradients) tf.registerGradient(gradient);
}
