import * as tf from '@tensorflow/tfjs-core';
import { linear, scan } from '@wordloom/compile';
import type { CellState, RecurrentCell, RecurrentWeights } from '../cells/recurrent-cell.ts';

/** One layer in one direction, ready to run. */
export interface Direction {
  readonly cell: RecurrentCell;
  /** `[gates · hiddenSize, inputSize]` */
  readonly inputWeight: tf.Tensor;
  /** `[gates · hiddenSize]` */
  readonly inputBias: tf.Tensor | undefined;
  readonly weights: RecurrentWeights;
  /** From the last step to the first. */
  readonly reverse: boolean;
  /** Multiplies the hidden state before each step: `[batch, size]`; undefined where nothing is dropped. */
  readonly keep: tf.Tensor | undefined;
}

/** What came of a pass over all steps. */
export interface DirectionResult {
  /** `[time, batch, size]`, zero after a sequence's end. */
  readonly outputs: tf.Tensor;
  /** After the last step of each sequence. */
  readonly state: CellState;
}

/**
 * Runs one layer in one direction.
 *
 * What the input gives the gates is one product over all steps. Where a sequence has ended, its state stays as it is, so that padding has no effect: the
 * other direction begins at each sequence's own last step.
 *
 * @param x     `[time, batch, inputSize]`
 * @param first the state before the first step
 * @param real  bool `[time, batch, 1]`: which steps are within a sequence; undefined where all are
 * @param probe `[time, batch, size]`, added to the hidden state of each step; see {@link ForwardOptions.probe}
 */
export function runDirection(
  { cell, inputWeight, inputBias, weights, reverse, keep }: Direction,
  x: tf.Tensor,
  first: CellState,
  real?: tf.Tensor,
  probe?: tf.Tensor,
): DirectionResult {
  const { carry, outputs } = scan(
    (carried, { gates, within, added }) => {
      const state = keep ? { ...carried, hidden: tf.mul(carried.hidden!, keep) } : carried;
      const computed = cell.step(gates!, state, weights);
      const stepped = added ? { ...computed, hidden: tf.add(computed.hidden!, added) } : computed;
      const next = within ? held(within, stepped, carried) : stepped;
      return { carry: next, outputs: { hidden: next.hidden! } };
    },
    {
      carry: first,
      inputs: {
        gates: linear(x, inputWeight, inputBias), // [T, B, G H]
        ...(real && { within: real }),
        ...(probe && { added: probe }),
      } as Record<string, tf.Tensor>,
      reverse,
    },
  );
  const shown = outputs.hidden!;
  return { outputs: real ? tf.mul(shown, tf.cast(real, 'float32')) : shown, state: carry };
}

/** The next state where a sequence goes on, else the one before. */
function held(within: tf.Tensor, next: CellState, before: CellState): CellState {
  return Object.fromEntries(
    Object.entries(next).map(([name, tensor]) => [
      name,
      tf.where(tf.broadcastTo(within, tensor.shape), tensor, before[name]!),
    ]),
  );
}
