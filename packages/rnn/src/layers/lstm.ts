import { LSTM_CELL } from '../cells/lstm-cell.ts';
import { RecurrentNetwork, type RecurrentOptions } from './recurrent-network.ts';

/** Options of {@link Lstm}. */
export interface LstmOptions extends RecurrentOptions {
  /** Size of the hidden state, below hiddenSize, which then is the cell's alone. Default none: hiddenSize. */
  readonly projectionSize?: number;
}

/**
 * Long short-term memory.
 *
 * @example
 * const lstm = new Lstm(64, 128, { layerCount: 2, dropout: 0.2, random });
 * const { outputs, state } = lstm.forward(x); // [batch, time, 128]; { hidden, cell } [2, batch, 128]
 * @see Hochreiter & Schmidhuber 1997; Gers et al. 2000
 */
export class Lstm extends RecurrentNetwork {
  constructor(inputSize: number, hiddenSize: number, { projectionSize, ...options }: LstmOptions = {}) {
    super(LSTM_CELL, { inputSize, hiddenSize, projectionSize }, options);
  }
}
