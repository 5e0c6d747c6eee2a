import { Gru } from './gru.ts';
import { Lstm } from './lstm.ts';
import type { RecurrentNetwork, RecurrentOptions } from './recurrent-network.ts';
import { Rnn } from './rnn.ts';

/** Which cell a model is made of; `rnn-relu` is a plain network with relu in place of tanh. */
export type CellKind = 'lstm' | 'gru' | 'rnn' | 'rnn-relu';

/** @throws {RangeError} if the cell is unknown, or as the network's constructor does */
export function makeNetwork(
  cell: CellKind,
  inputSize: number,
  hiddenSize: number,
  options: RecurrentOptions,
): RecurrentNetwork {
  if (cell === 'lstm') return new Lstm(inputSize, hiddenSize, options);
  if (cell === 'gru') return new Gru(inputSize, hiddenSize, options);
  if (cell === 'rnn') return new Rnn(inputSize, hiddenSize, options);
  if (cell === 'rnn-relu') return new Rnn(inputSize, hiddenSize, { ...options, nonlinearity: 'relu' });
  throw new RangeError(`cell must be lstm, gru, rnn or rnn-relu, got ${JSON.stringify(cell)}.`);
}
