import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, ShapeError } from '@wordloom/compile';
import {
  crossEntropy,
  Dropout,
  Embedding,
  Linear,
  Module,
  maxOverTime,
  meanOverTime,
} from '@wordloom/nn-core';
import { type CellKind, makeNetwork } from '../layers/make-network.ts';
import type { RecurrentNetwork } from '../layers/recurrent-network.ts';
import { requireSize } from '../layers/require-options.ts';
import { AttentionPooling } from './attention-pooling.ts';

/** How the steps of a sequence become one vector: the last state, mean or maximum of all steps, or attention. */
export type Pooling = 'last' | 'mean' | 'max' | 'attention';

/** What a {@link SequenceClassifier} consists of. */
export interface SequenceClassifierConfig {
  readonly vocabSize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly classCount: number;
  /** Default 1. */
  readonly layerCount?: number;
  /** Default lstm. */
  readonly cell?: CellKind;
  /** Default true. */
  readonly bidirectional?: boolean;
  /** Default last. */
  readonly pooling?: Pooling;
  /** Of embeddings, of what goes from layer to layer, and of the pooled vector, in [0, 1). Default 0. */
  readonly dropout?: number;
}

/**
 * Puts sequences into classes: embedding, recurrent layers, one vector of all steps, linear layer. Lengths end each sequence: what stands after them
 * has no effect, whatever it is.
 *
 * @example
 * const model = new SequenceClassifier({ vocabSize: 8000, embeddingSize: 100, hiddenSize: 128, classCount: 2, pooling: 'max' });
 * const logits = model.forward(ids, lengths); // [batch, 2]
 */
export class SequenceClassifier extends Module {
  readonly config: Required<SequenceClassifierConfig>;
  /** `[vocabSize, embeddingSize]` */
  readonly embedding: Embedding;
  readonly network: RecurrentNetwork;
  /** Where pooling is by attention. */
  readonly attention: AttentionPooling | undefined;
  /** `[classCount, size of the pooled vector]` */
  readonly output: Linear;
  readonly dropout: Dropout;

  /** @throws {RangeError} naming the field of the configuration that does not fit */
  constructor(config: SequenceClassifierConfig, { seed = 0 }: { readonly seed?: number } = {}) {
    super();
    const { layerCount = 1, cell = 'lstm', bidirectional = true, pooling = 'last', dropout = 0 } = config;
    const { vocabSize, embeddingSize, hiddenSize, classCount } = config;
    requireSize('SequenceClassifier', { vocabSize, embeddingSize, hiddenSize, classCount, layerCount });
    if (!['last', 'mean', 'max', 'attention'].includes(pooling)) {
      throw new RangeError(
        `SequenceClassifier: pooling must be last, mean, max or attention, got ${JSON.stringify(pooling)}.`,
      );
    }
    const sizes = { vocabSize, embeddingSize, hiddenSize, classCount };
    this.config = { ...sizes, layerCount, cell, bidirectional, pooling, dropout };
    const random = new RandomStream(seed);
    this.embedding = new Embedding(vocabSize, embeddingSize, { random });
    this.network = makeNetwork(cell, embeddingSize, hiddenSize, {
      layerCount,
      bidirectional,
      dropout,
      random,
    });
    const { outputSize } = this.network;
    this.attention = pooling === 'attention' ? new AttentionPooling(outputSize, { random }) : undefined;
    this.output = new Linear(outputSize, classCount, { random });
    this.dropout = new Dropout(dropout);
  }

  /**
   * @param ids     int32 `[batch, time]`
   * @param lengths int32 `[batch]`, each from 1 to time; default time
   * @returns logits `[batch, classCount]`, owned by the caller
   * @throws {ShapeError} if shapes do not fit
   */
  forward(ids: tf.Tensor, lengths?: tf.Tensor): tf.Tensor {
    if (ids.rank !== 2)
      throw new ShapeError(`SequenceClassifier: ids must be [batch, time], got [${ids.shape}].`);
    return tf.tidy(() => this.output.forward(this.dropout.forward(this.#pool(ids, lengths))));
  }

  /**
   * Mean negative log-likelihood of the labels, in nats.
   *
   * @param batch `inputs` int32 `[batch, time]`, `labels` int32 `[batch]`, and `lengths` int32 `[batch]` where sequences are padded
   */
  loss({ inputs, labels, lengths }: Record<string, tf.Tensor>): tf.Scalar {
    if (!inputs || !labels) {
      throw new TypeError(
        `SequenceClassifier.loss: batch must have inputs and labels, got ${inputs ? 'no labels' : 'no inputs'}.`,
      );
    }
    return tf.tidy(() => crossEntropy(this.forward(inputs, lengths), labels));
  }

  /** `[batch, outputSize]` */
  #pool(ids: tf.Tensor, lengths: tf.Tensor | undefined): tf.Tensor {
    const [batch, time] = ids.shape as [number, number];
    const embedded = this.dropout.forward(this.embedding.forward(ids)); // [B, T, E]
    const { outputs, state } = this.network.forward(embedded, { lengths });
    if (this.config.pooling === 'last') return lastOf(state.hidden!, this.config.bidirectional);
    const mask = lengths && tf.less(tf.range(0, time, 1, 'int32'), tf.reshape(lengths, [batch, 1])); // [B, T]
    if (this.attention) return this.attention.forward(outputs, mask).pooled;
    return this.config.pooling === 'mean' ? meanOverTime(outputs, mask) : maxOverTime(outputs, mask);
  }
}

/** The last layer's state in each direction, side by side: `[layers · directions, batch, size]` → `[batch, directions · size]`. */
function lastOf(hidden: tf.Tensor, bidirectional: boolean): tf.Tensor {
  const [rows, batch, size] = hidden.shape as [number, number, number];
  const directions = bidirectional ? 2 : 1;
  const last = tf.slice(hidden, [rows - directions, 0, 0], [directions, batch, size]);
  return tf.reshape(tf.transpose(last, [1, 0, 2]), [batch, directions * size]);
}
