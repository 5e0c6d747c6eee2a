import * as tf from '@tensorflow/tfjs-core';
import { linear } from '@wordloom/compile';
import type { RecurrentCell } from './recurrent-cell.ts';

/**
 * Long short-term memory: with gates i (input), f (forget), g (candidate) and o (output), in PyTorch's order,
 * c′ = σ(f) c + σ(i) tanh(g), h′ = σ(o) tanh(c′); with a projection, h′ is Wᵣ times that.
 *
 * @see Hochreiter & Schmidhuber 1997; Gers et al. 2000 (forget gate); Sak et al. 2014, §2 (projection)
 */
export const LSTM_CELL: RecurrentCell = {
  gateCount: 4,
  stateNames: ['hidden', 'cell'],
  step: (gates, { hidden, cell }, { hidden: weight, hiddenBias, projection }) => {
    const all = tf.add(gates, linear(hidden!, weight, hiddenBias));
    const [input, forget, candidate, output] = tf.split(all, 4, 1) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const kept = tf.mul(tf.sigmoid(forget), cell!);
    const next = tf.add(kept, tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
    const shown = tf.mul(tf.sigmoid(output), tf.tanh(next));
    return { hidden: projection ? linear(shown, projection) : shown, cell: next };
  },
};
