import * as tf from '@tensorflow/tfjs-core';
import {
  dropout,
  embeddingLookup,
  type LossWithAuxiliary,
  linear,
  RandomStream,
  ShapeError,
} from '@wordloom/compile';
import { crossEntropy, Embedding, Module, Parameter, uniformInitializer } from '@wordloom/nn-core';
import type { CellState } from '../cells/recurrent-cell.ts';
import { lockedDropout } from '../layers/locked-dropout.ts';
import { makeNetwork } from '../layers/make-network.ts';
import type { RecurrentNetwork } from '../layers/recurrent-network.ts';
import { tidied } from '../tidied.ts';
import { type RecurrentLanguageModelConfig, resolveLanguageModelConfig } from './language-model-config.ts';

/** Options of {@link RecurrentLanguageModel}. */
export interface RecurrentLanguageModelOptions {
  /** Where the first weights are drawn from. Default 0. */
  readonly seed?: number;
}

/** What a pass returns: scores of the next word, and the state to go on from. */
export interface LanguageModelResult {
  /** `[batch, time, vocabSize]` */
  readonly logits: tf.Tensor;
  /** One for each layer. */
  readonly state: readonly CellState[];
}

/**
 * A recurrent language model: embedding, recurrent layers, output layer.
 *
 * With tied weights, locked dropout, dropped weights and words, and both regularizations it is the AWD-LSTM. The embedding starts uniform in ±0.1 and
 * the output bias at zero, as there.
 *
 * @see Zaremba et al. 2014, "Recurrent neural network regularization"; Merity et al. 2017, "Regularizing and optimizing LSTM language models", §2–4
 * @example
 * const model = new RecurrentLanguageModel({ vocabSize: 10_000, embeddingSize: 200, hiddenSize: 200, layerCount: 2 });
 * const { logits } = model.forward(tf.tensor([[4, 8, 15]], [1, 3], 'int32')); // [1, 3, 10000]
 */
export class RecurrentLanguageModel extends Module {
  readonly config: Required<RecurrentLanguageModelConfig>;
  /** `[vocabSize, embeddingSize]` */
  readonly embedding: Embedding;
  /** One layer each. */
  readonly layers: readonly RecurrentNetwork[];
  /** `[vocabSize, size of the last layer]`: the embedding's where they are tied. */
  readonly outputWeight: Parameter;
  /** `[vocabSize]` */
  readonly outputBias: Parameter;

  /** @throws {RangeError} naming the field of the configuration that does not fit */
  constructor(config: RecurrentLanguageModelConfig, { seed = 0 }: RecurrentLanguageModelOptions = {}) {
    super();
    this.config = resolveLanguageModelConfig(config);
    const { vocabSize, embeddingSize, hiddenSize, layerCount, cell, tied, weightDropout } = this.config;
    const random = new RandomStream(seed);
    const initializer = uniformInitializer(0.1);
    this.embedding = new Embedding(vocabSize, embeddingSize, { initializer, random });
    const sizeAfter = (layer: number): number =>
      tied && layer === layerCount - 1 ? embeddingSize : hiddenSize;
    this.layers = Array.from({ length: layerCount }, (_, layer) =>
      makeNetwork(cell, layer === 0 ? embeddingSize : sizeAfter(layer - 1), sizeAfter(layer), {
        weightDropout,
        random,
      }),
    );
    const outputShape = [vocabSize, sizeAfter(layerCount - 1)];
    this.outputWeight = tied
      ? this.embedding.weight
      : new Parameter(initializer(outputShape, random), outputShape);
    this.outputBias = new Parameter(new Float32Array(vocabSize), [vocabSize]);
  }

  /**
   * Scores of every next word.
   *
   * @param ids   int32 `[batch, time]`
   * @param state as a pass returned it; default zeros
   * @returns owned by the caller
   * @throws {ShapeError} if ids are not a matrix, or the state is of another batch
   */
  forward(ids: tf.Tensor, state?: readonly CellState[]): LanguageModelResult {
    return tidied(() => {
      const { raw, state: last } = this.transform(ids, state);
      return { logits: tf.transpose(this.score(raw), [1, 0, 2]), state: last };
    });
  }

  /**
   * Mean negative log-likelihood of the targets, in nats per word, and what regularization adds.
   *
   * @param batch `inputs` and `targets`, both int32 `[batch, time]`
   */
  loss(batch: Record<string, tf.Tensor>): tf.Scalar | LossWithAuxiliary {
    return tf.tidy(() => this.lossFrom(batch).loss);
  }

  /** The loss of a batch from a state, and the state after it. */
  lossFrom(
    { inputs, targets }: Record<string, tf.Tensor>,
    state?: readonly CellState[],
  ): { readonly loss: tf.Scalar | LossWithAuxiliary; readonly state: readonly CellState[] } {
    if (!inputs || !targets) {
      throw new TypeError(
        `RecurrentLanguageModel.loss: batch must have inputs and targets, got ${inputs ? 'no targets' : 'no inputs'}.`,
      );
    }
    const { raw, dropped, state: last } = this.transform(inputs, state);
    const nats = crossEntropy(
      linear(dropped, this.outputWeight.value, this.outputBias.value),
      tf.transpose(targets),
    ); // [T, B]
    const added = this.training ? this.#regularization(raw, dropped) : undefined;
    return {
      loss: added ? { loss: tf.add(nats, added) as tf.Scalar, crossEntropy: nats } : nats,
      state: last,
    };
  }

  /**
   * The recurrent layers over some words, time first.
   *
   * @returns what leaves the last layer, `[time, batch, size]`, before and after dropout, and the state of each layer
   */
  transform(
    ids: tf.Tensor,
    state?: readonly CellState[],
  ): { readonly raw: tf.Tensor; readonly dropped: tf.Tensor; readonly state: readonly CellState[] } {
    if (ids.rank !== 2) {
      throw new ShapeError(`RecurrentLanguageModel: ids must be [batch, time], got [${ids.shape}].`);
    }
    const { inputDropout, dropout: between, outputDropout } = this.config;
    let x = this.#drop(this.#embed(tf.transpose(ids)), inputDropout); // [T, B, E]
    let raw = x;
    const states = this.layers.map((layer, index) => {
      const result = layer.forwardTimeFirst(x, { state: state?.[index] });
      raw = result.outputs;
      x = this.#drop(raw, index === this.layers.length - 1 ? outputDropout : between);
      return result.state;
    });
    return { raw, dropped: x, state: states };
  }

  /** Scores of what leaves the last layer: `[..., size]` → `[..., vocabSize]`. */
  score(outputs: tf.Tensor): tf.Tensor {
    return linear(outputs, this.outputWeight.value, this.outputBias.value);
  }

  #embed(ids: tf.Tensor): tf.Tensor {
    const { vocabSize, embeddingDropout } = this.config;
    if (!this.training || embeddingDropout === 0) return this.embedding.forward(ids);
    const kept = dropout(tf.ones([vocabSize, 1]), embeddingDropout);
    return embeddingLookup(tf.mul(this.embedding.weight.value, kept), ids);
  }

  #drop(x: tf.Tensor, rate: number): tf.Tensor {
    if (!this.training || rate === 0) return x;
    return this.config.locked ? lockedDropout(x, rate) : dropout(x, rate);
  }

  /** Merity et al. 2017, §4.4: of activations after dropout, and of changes before it. */
  #regularization(raw: tf.Tensor, dropped: tf.Tensor): tf.Tensor | undefined {
    const { activationRegularization, temporalRegularization } = this.config;
    const terms: tf.Tensor[] = [];
    if (activationRegularization > 0) {
      terms.push(tf.mul(activationRegularization, tf.mean(tf.square(dropped))));
    }
    const [time, batch, size] = raw.shape as [number, number, number];
    if (temporalRegularization > 0 && time > 1) {
      const later = tf.slice(raw, [1, 0, 0], [time - 1, batch, size]);
      const earlier = tf.slice(raw, [0, 0, 0], [time - 1, batch, size]);
      terms.push(tf.mul(temporalRegularization, tf.mean(tf.squaredDifference(later, earlier))));
    }
    return terms.length > 0 ? tf.addN(terms) : undefined;
  }
}
