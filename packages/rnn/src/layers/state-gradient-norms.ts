import * as tf from '@tensorflow/tfjs-core';
import { tidied } from '../tidied.ts';
import type { ForwardOptions, RecurrentNetwork, RecurrentResult } from './recurrent-network.ts';

/**
 * How much of a loss reaches back to each step: the norms of its gradients with respect to the hidden states. Where they shrink from the last step to the first,
 * gradients vanish; where they grow, they explode.
 *
 * Computed eagerly, on the active tfjs backend.
 *
 * @param x    `[batch, time, inputSize]`
 * @param loss of what the pass returns
 * @returns for each layer and direction the norm at each step, over batch and size
 * @see Bengio et al. 1994, "Learning long-term dependencies with gradient descent is difficult"; Pascanu et al. 2013
 * @example
 * const [norms] = stateGradientNorms(new Rnn(8, 16), x, ({ state }) => tf.sum(state.hidden!));
 */
export function stateGradientNorms(
  network: RecurrentNetwork,
  x: tf.Tensor,
  loss: (result: RecurrentResult) => tf.Tensor,
  options: Omit<ForwardOptions, 'probe'> = {},
): Float32Array[] {
  return tidied(() => {
    const [batch, time] = x.shape as [number, number];
    const [rows] = network.stateShapes(batch).hidden!;
    const probe = tf.zeros([rows, time, batch, network.stateSize]);
    const gradient = tf.grad((added) => loss(network.forward(x, { ...options, probe: added })))(probe);
    const norms = tf.sqrt(tf.sum(tf.square(gradient), [2, 3])).dataSync() as Float32Array; // [rows, T]
    return Array.from({ length: rows }, (_, row) => norms.slice(row * time, (row + 1) * time));
  });
}
