import * as tf from '@tensorflow/tfjs-core';
import { linear, ShapeError } from '@wordloom/compile';
import { crossEntropy, Dropout, Embedding, LayerNorm, Module } from '@wordloom/nn-core';
import { type GptConfig, resolveGptConfig } from './gpt-config.ts';
import { gpt2Initialization, zeroInitialization } from './initialization.ts';
import type { Attend } from './self-attention.ts';
import { TransformerBlock } from './transformer-block.ts';

/** Options of {@link Gpt}. */
export interface GptOptions {
  /** Where the first weights are drawn from; the same seed gives the same model. Default 0. */
  readonly seed?: number;
  /** False leaves the weights zero, for a model whose weights are loaded next. Default true. */
  readonly initialize?: boolean;
}

/**
 * GPT: a stack of pre-norm Transformer blocks that predicts the next token.
 *
 * Positions are learned; the output layer is the token embedding itself (tied). Weights start as GPT-2's: normal
 * with deviation 0.02, projections into the residual stream 0.02 / √(2 · layerCount), biases zero.
 *
 * @see Radford et al. 2019, "Language models are unsupervised multitask learners"; nanoGPT's model.py
 * @example
 * const model = new Gpt({ vocabSize: 65, contextLength: 64, embeddingSize: 128, headCount: 4, layerCount: 4 });
 * const logits = model.forward(tf.tensor([[1, 2, 3]], [1, 3], 'int32')); // [1, 3, 65]
 */
export class Gpt extends Module {
  readonly config: Required<GptConfig>;
  /** `[vocabSize, embeddingSize]`, used for the input and the output. */
  readonly tokenEmbedding: Embedding;
  /** `[contextLength, embeddingSize]` */
  readonly positionEmbedding: Embedding;
  readonly embeddingDropout: Dropout;
  readonly blocks: readonly TransformerBlock[];
  readonly finalNorm: LayerNorm;

  /** @throws {RangeError} naming the field of the configuration that does not fit */
  constructor(config: GptConfig, { seed = 0, initialize = true }: GptOptions = {}) {
    super();
    this.config = resolveGptConfig(config);
    const { vocabSize, contextLength, embeddingSize, layerCount, normEpsilon, bias, dropout } = this.config;
    const initialization = initialize ? gpt2Initialization(seed, layerCount) : zeroInitialization();
    const { random, weight: initializer } = initialization;
    this.tokenEmbedding = new Embedding(vocabSize, embeddingSize, { initializer, random });
    this.positionEmbedding = new Embedding(contextLength, embeddingSize, { initializer, random });
    this.embeddingDropout = new Dropout(dropout);
    this.blocks = Array.from({ length: layerCount }, () => new TransformerBlock(this.config, initialization));
    this.finalNorm = new LayerNorm(embeddingSize, { epsilon: normEpsilon, bias });
  }

  /**
   * Scores of every next token at every position.
   *
   * @param ids int32 `[batch, time]`, values in [0, vocabSize), time ≤ contextLength
   * @returns logits `[batch, time, vocabSize]`, owned by the caller
   * @throws {ShapeError} if ids are not a matrix or time exceeds contextLength
   */
  forward(ids: tf.Tensor): tf.Tensor {
    return tf.tidy(() => this.score(this.transform(this.embed(ids))));
  }

  /**
   * Mean negative log-likelihood of the targets, in nats per token.
   *
   * @param batch `inputs` and `targets`, both int32 `[batch, time]`: targets[b, t] follows inputs[b, t]
   */
  loss({ inputs, targets }: Record<string, tf.Tensor>): tf.Scalar {
    if (!inputs || !targets) {
      throw new TypeError(
        `Gpt.loss: batch must have inputs and targets, got ${inputs ? 'no targets' : 'no inputs'}.`,
      );
    }
    return tf.tidy(() => crossEntropy(this.forward(inputs), targets));
  }

  /** Token plus position embeddings of a window that starts at position 0: ids `[batch, time]` → `[batch, time, embeddingSize]`. */
  embed(ids: tf.Tensor): tf.Tensor {
    const { contextLength, embeddingSize } = this.config;
    const [, time] = ids.shape;
    if (ids.rank !== 2 || time === undefined || time === 0) {
      throw new ShapeError(`Gpt.forward: ids must be [batch, time], got [${ids.shape}].`);
    }
    if (time > contextLength) {
      throw new ShapeError(
        `Gpt.forward: ids must have at most contextLength = ${contextLength} positions, got ${time}. Keep the last ${contextLength}, or build the model with a longer context.`,
      );
    }
    const table = this.positionEmbedding.weight.value;
    const positions = time === contextLength ? table : tf.slice(table, [0, 0], [time, embeddingSize]); // [T, C]
    return this.embeddingDropout.forward(tf.add(this.tokenEmbedding.forward(ids), positions)); // [B, T, C]
  }

  /**
   * The stack of blocks: `[batch, time, embeddingSize]` → the same.
   *
   * @param attend how layer `layer` attends; default: causal attention within `x`
   */
  transform(x: tf.Tensor, attend?: (layer: number) => Attend): tf.Tensor {
    return this.blocks.reduce((hidden, block, layer) => block.forward(hidden, attend?.(layer)), x);
  }

  /** Final norm and output layer: `[..., embeddingSize]` → logits `[..., vocabSize]`. */
  score(hidden: tf.Tensor): tf.Tensor {
    return linear(this.finalNorm.forward(hidden), this.tokenEmbedding.weight.value);
  }
}
