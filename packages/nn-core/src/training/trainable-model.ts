import { type Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { LossWithAuxiliary } from '@wordloom/compile';
import type { Module } from '../module/module.ts';

/** A model that knows its training objective. */
export interface TrainableModel extends Module {
  /**
   * @param batch tensors by name, as the data source makes them
   * @returns the mean loss over the batch, a scalar; with `{ loss, ...auxiliary }`, scalars beside it are reported with each step
   */
  loss(batch: Record<string, Tensor>): Scalar | LossWithAuxiliary;
}

/** The loss itself, without what a model returned beside it. */
export function lossAlone(result: Scalar | LossWithAuxiliary): Scalar {
  return result instanceof Tensor ? result : result.loss;
}
