import { GRU_CELL } from '../cells/gru-cell.ts';
import { RecurrentNetwork, type RecurrentOptions } from './recurrent-network.ts';

/**
 * Gated recurrent unit.
 *
 * @example
 * const gru = new Gru(64, 128, { bidirectional: true, random });
 * const { outputs } = gru.forward(x, { lengths }); // [batch, time, 256]
 * @see Cho et al. 2014, §2.3
 */
export class Gru extends RecurrentNetwork {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(GRU_CELL, { inputSize, hiddenSize }, options);
  }
}
