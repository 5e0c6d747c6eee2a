import type * as tf from '@tensorflow/tfjs-core';
import { linear } from '@wordloom/compile';
import { Module, Parameter } from '@wordloom/nn-core';

/** Scores of words: x Wᵀ + b, where W may be the table of embeddings. The bias starts at zero. */
export class OutputLayer extends Module {
  /** `[vocabSize, size]` */
  readonly weight: Parameter;
  /** `[vocabSize]` */
  readonly bias: Parameter;

  constructor(weight: Parameter) {
    super();
    const [vocabSize] = weight.shape as [number, number];
    this.weight = weight;
    this.bias = new Parameter(new Float32Array(vocabSize), [vocabSize]);
  }

  /** @param x `[..., size]` @returns `[..., vocabSize]` */
  forward(x: tf.Tensor): tf.Tensor {
    return linear(x, this.weight.value, this.bias.value);
  }
}
