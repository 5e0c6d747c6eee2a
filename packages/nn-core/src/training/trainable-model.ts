import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Module } from '../module/module.ts';

/** A model that knows its training objective. */
export interface TrainableModel extends Module {
  /**
   * @param batch tensors by name, as the data source makes them
   * @returns the mean loss over the batch, a scalar
   */
  loss(batch: Record<string, Tensor>): Scalar;
}
