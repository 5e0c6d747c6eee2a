import { elmanCell, type RnnNonlinearity } from '../cells/elman-cell.ts';
import { RecurrentNetwork, type RecurrentOptions } from './recurrent-network.ts';

/** Options of {@link Rnn}. */
export interface RnnOptions extends RecurrentOptions {
  /** Default tanh. */
  readonly nonlinearity?: RnnNonlinearity;
}

/**
 * A plain recurrent network.
 *
 * @example
 * const rnn = new Rnn(64, 128, { nonlinearity: 'relu', random });
 * const { outputs } = rnn.forward(x); // [batch, time, 128]
 * @see Elman 1990
 */
export class Rnn extends RecurrentNetwork {
  constructor(inputSize: number, hiddenSize: number, { nonlinearity = 'tanh', ...options }: RnnOptions = {}) {
    super(elmanCell(nonlinearity), { inputSize, hiddenSize }, options);
  }
}
