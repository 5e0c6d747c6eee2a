import * as tf from '@tensorflow/tfjs-core';
import { linear } from '@wordloom/compile';
import type { RecurrentCell } from './recurrent-cell.ts';

/**
 * Gated recurrent unit: with gates r (reset), z (update) and n (new), in PyTorch's order, n = tanh(nₓ + r (Wₙ h + bₙ)), h′ = (1 − z) n + z h.
 *
 * The reset gate acts on the product, as in cuDNN and PyTorch; in the paper it acts on h before the product.
 *
 * @see Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", §2.3
 */
export const GRU_CELL: RecurrentCell = {
  gateCount: 3,
  stateNames: ['hidden'],
  step: (gates, { hidden }, { hidden: weight, hiddenBias }) => {
    const size = weight.shape[0]! / 3;
    const recurrent = linear(hidden!, weight, hiddenBias);
    const [fromInput, newFromInput] = tf.split(gates, [2 * size, size], 1) as [tf.Tensor, tf.Tensor];
    const [fromState, newFromState] = tf.split(recurrent, [2 * size, size], 1) as [tf.Tensor, tf.Tensor];
    const [reset, update] = tf.split(tf.sigmoid(tf.add(fromInput, fromState)), 2, 1) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const fresh = tf.tanh(tf.add(newFromInput, tf.mul(reset, newFromState)));
    return { hidden: tf.add(fresh, tf.mul(update, tf.sub(hidden!, fresh))) };
  },
};
