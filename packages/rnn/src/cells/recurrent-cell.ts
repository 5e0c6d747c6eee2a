import type * as tf from '@tensorflow/tfjs-core';

/** What a network carries from one step to the next, `[batch, size]` each. */
export type CellState = Readonly<Record<string, tf.Tensor>>;

/** The recurrent weights of one layer in one direction. */
export interface RecurrentWeights {
  /** `[gates · hiddenSize, state size]` */
  readonly hidden: tf.Tensor;
  /** `[gates · hiddenSize]` */
  readonly hiddenBias: tf.Tensor | undefined;
  /** `[projectionSize, hiddenSize]`: makes the state smaller; an LSTM only. */
  readonly projection: tf.Tensor | undefined;
}

/** The equations of one step. */
export interface RecurrentCell {
  /** How many gates stand below each other in a weight. */
  readonly gateCount: number;
  /** The names of what is carried; the first is what the step shows. */
  readonly stateNames: readonly ['hidden', ...string[]];
  /**
   * @param gates what the input gives each gate, its bias included: `[batch, gates · hiddenSize]`
   * @param state of the step before
   */
  step(gates: tf.Tensor, state: CellState, weights: RecurrentWeights): CellState;
}
