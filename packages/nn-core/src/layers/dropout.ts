import { clone, type Tensor } from '@tensorflow/tfjs-core';
import { dropout } from '@wordloom/compile';
import { Module } from '../module/module.ts';

/**
 * Inverted dropout: in training mode, inside a pass that draws random numbers (`withRandomness`, which
 * {@link train} opens for each step), each element is zeroed with probability `rate` and the others are divided by
 * 1 − rate. Otherwise the identity.
 *
 * @see Srivastava et al. 2014, "Dropout", §4
 */
export class Dropout extends Module {
  readonly rate: number;

  /** @param rate in [0, 1) @throws {RangeError} if it is not */
  constructor(rate: number) {
    super();
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`Dropout: rate must be in [0, 1), got ${rate}.`);
    this.rate = rate;
  }

  /** @param x any shape @returns the shape of `x`, owned by the caller */
  forward(x: Tensor): Tensor {
    return this.training ? dropout(x, this.rate) : clone(x);
  }
}
