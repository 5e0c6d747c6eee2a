import type * as tf from '@tensorflow/tfjs-core';
import { RandomStream } from '@wordloom/compile';
import { IGNORED_TARGET } from '../src/data/batch.ts';
import { Dropout } from '../src/layers/dropout.ts';
import { Embedding } from '../src/layers/embedding.ts';
import { Linear } from '../src/layers/linear.ts';
import { crossEntropy } from '../src/losses/cross-entropy.ts';
import { Module } from '../src/module/module.ts';
import type { TrainableModel } from '../src/training/trainable-model.ts';

/** Predicts the next of seven tokens from the current one; ignored targets do not count. */
export class MaskedBigram extends Module implements TrainableModel {
  readonly tokens: Embedding;
  readonly dropout: Dropout;
  readonly head: Linear;

  constructor({ dropout = 0 }: { readonly dropout?: number } = {}) {
    super();
    const random = new RandomStream(5);
    this.tokens = new Embedding(7, 8, { random });
    this.dropout = new Dropout(dropout);
    this.head = new Linear(8, 7, { random });
  }

  loss({ inputs, targets }: Record<string, tf.Tensor>): tf.Scalar {
    const hidden = this.dropout.forward(this.tokens.forward(inputs!));
    return crossEntropy(this.head.forward(hidden), targets!, { ignoreIndex: IGNORED_TARGET });
  }
}
