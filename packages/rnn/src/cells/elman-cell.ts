import * as tf from '@tensorflow/tfjs-core';
import { linear } from '@wordloom/compile';
import type { RecurrentCell } from './recurrent-cell.ts';

/** What a plain recurrent network does to the sum of input and state. */
export type RnnNonlinearity = 'tanh' | 'relu';

/**
 * h′ = tanh(Wᵢ x + bᵢ + Wₕ h + bₕ), or relu in place of tanh.
 *
 * @see Elman 1990, "Finding structure in time"
 */
export function elmanCell(nonlinearity: RnnNonlinearity): RecurrentCell {
  const activate = nonlinearity === 'tanh' ? tf.tanh : tf.relu;
  return {
    gateCount: 1,
    stateNames: ['hidden'],
    step: (gates, { hidden }, { hidden: weight, hiddenBias }) => ({
      hidden: activate(tf.add(gates, linear(hidden!, weight, hiddenBias))),
    }),
  };
}
