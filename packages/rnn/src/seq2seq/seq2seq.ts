import * as tf from '@tensorflow/tfjs-core';
import {
  type LossWithAuxiliary,
  multinomial,
  RandomStream,
  randomUniform,
  ShapeError,
  scan,
} from '@wordloom/compile';
import {
  crossEntropy,
  Dropout,
  Embedding,
  Linear,
  Module,
  Parameter,
  uniformInitializer,
} from '@wordloom/nn-core';
import type { CellState } from '../cells/recurrent-cell.ts';
import { makeNetwork } from '../layers/make-network.ts';
import type { RecurrentNetwork } from '../layers/recurrent-network.ts';
import { tidied } from '../tidied.ts';
import { AttentionScore } from './attention-score.ts';
import { logProbabilitiesWithCopies } from './copy-words.ts';
import {
  type DecoderSource,
  type DecoderState,
  type DecoderStep,
  type EncodedSource,
  flattened,
  layersOf,
  type ScoredStep,
} from './decoder-step.ts';
import { OutputLayer } from './output-layer.ts';
import { fedSize, outputSize, resolveSeq2SeqConfig, type Seq2SeqConfig } from './seq2seq-config.ts';

/** Below every score, so that its exponential is zero. */
const MASKED = -1e9;

/**
 * Turns sequences into others: a recurrent encoder, a recurrent decoder that begins with its last states, and attention from one to the other.
 *
 * With attention the output layer reads tanh(Wᶜ [context; state]). Luong's feeds that into the next step; Bahdanau's feeds in the context, found from the
 * state before the step. There, the paper has a maxout layer before the output.
 *
 * Batches are those of nn-core's `seq2seqCollator`.
 *
 * @see Sutskever et al. 2014, "Sequence to sequence learning with neural networks"; Bahdanau et al. 2015, "Neural machine translation by jointly learning to
 * align and translate"; Luong et al. 2015, §3
 */
export class Seq2Seq extends Module {
  readonly config: Required<Seq2SeqConfig>;
  readonly sourceEmbedding: Embedding;
  readonly targetEmbedding: Embedding;
  readonly encoder: RecurrentNetwork;
  readonly decoder: RecurrentNetwork;
  /** None without attention. */
  readonly score: AttentionScore | undefined;
  /** `[outputSize, 2 · hiddenSize]`: context beside state, to what the output layer reads. None where it reads both. */
  readonly combine: Linear | undefined;
  /** `[targetVocabSize, outputSize]` */
  readonly output: OutputLayer;
  /** `[1, 2 · hiddenSize + embeddingSize]`: from context, state and word read to whether one is written or copied. */
  readonly generate: Linear | undefined;
  readonly dropout: Dropout;

  /** @throws {RangeError} naming the field of the configuration that does not fit */
  constructor(config: Seq2SeqConfig, { seed = 0 }: { readonly seed?: number } = {}) {
    super();
    this.config = resolveSeq2SeqConfig(config);
    const { sourceVocabSize, targetVocabSize, embeddingSize, hiddenSize } = this.config;
    const { layerCount, cell, bidirectional, attention, attentionLayer, tied, dropout } = this.config;
    const { coverage, copy } = this.config;
    const random = new RandomStream(seed);
    const options = { layerCount, dropout, random };
    const attends = attention !== 'none';
    const read = outputSize(this.config);
    this.sourceEmbedding = new Embedding(sourceVocabSize, embeddingSize, { random });
    this.targetEmbedding = new Embedding(targetVocabSize, embeddingSize, {
      random,
      ...(tied && { initializer: uniformInitializer(0.1) }),
    });
    const encoderSize = bidirectional ? hiddenSize / 2 : hiddenSize;
    this.encoder = makeNetwork(cell, embeddingSize, encoderSize, { ...options, bidirectional });
    this.decoder = makeNetwork(cell, embeddingSize + fedSize(this.config), hiddenSize, options);
    const kind = attention === 'luong-dot' ? 'dot' : attention === 'luong-general' ? 'general' : 'additive';
    this.score = attends ? new AttentionScore(kind, hiddenSize, random, { coverage }) : undefined;
    this.combine =
      attends && attentionLayer ? new Linear(2 * hiddenSize, read, { bias: false, random }) : undefined;
    const shape = [targetVocabSize, read];
    this.output = new OutputLayer(
      tied
        ? this.targetEmbedding.weight
        : new Parameter(uniformInitializer(1 / Math.sqrt(read))(shape, random), shape),
    );
    this.generate = copy ? new Linear(2 * hiddenSize + embeddingSize, 1, { random }) : undefined;
    this.dropout = new Dropout(dropout);
  }

  /** How many words there are to choose from: those of the target's vocabulary, and those that can only be copied. */
  get wordCount(): number {
    return this.config.targetVocabSize + this.config.copySlots;
  }

  /**
   * Scores of every next target word, with the words before it given (teacher forcing).
   *
   * @param batch `inputs` int32 `[batch, source]`, `mask` bool of its shape, true for words (default all), `decoderInputs` int32 `[batch, target]`; where
   * words are copied `copyIds` int32 `[batch, source]`, the target's id of each (default `inputs`, with a vocabulary for both); `teacherForcing` float32
   * `[1]`, in training the chance that a word is the given one, and not one drawn from what the model itself predicts (default 1)
   * @returns logits `[batch, target, wordCount]`, owned by the caller; where words are copied they are logarithms of probabilities
   * @see Bengio et al. 2015, "Scheduled sampling for sequence prediction with recurrent neural networks", §2.4
   */
  forward(batch: Record<string, tf.Tensor>): tf.Tensor {
    return tf.tidy(() => tf.transpose(this.#decodeBatch(batch).logits, [1, 0, 2]));
  }

  /**
   * Mean negative log-likelihood of the targets, in nats per word. In training with coverage, what looking again costs is added, and both are reported.
   *
   * @param batch as {@link forward}, and `targets` int32 `[batch, target]`, −100 at padding
   * @see See et al. 2017, §2.3, equation 12
   */
  loss({ targets, ...batch }: Record<string, tf.Tensor>): tf.Scalar | LossWithAuxiliary {
    if (!targets) throw new TypeError('Seq2Seq.loss: batch must have targets, got none.');
    const labelSmoothing = this.training ? this.config.labelSmoothing : 0;
    return tidied(() => {
      const { logits, overlap } = this.#decodeBatch(batch);
      const words = tf.transpose(targets); // [T, B]
      const nats = crossEntropy(logits, words, { labelSmoothing });
      if (!overlap || !this.training) return nats;
      const counted = tf.cast(tf.notEqual(words, -100), 'float32');
      const coverage = tf.div(tf.sum(tf.mul(overlap, counted)), tf.sum(counted));
      const loss = tf.add(nats, tf.mul(this.config.coverageLoss, coverage)) as tf.Scalar;
      return { loss, crossEntropy: nats, coverage };
    });
  }

  /** How much each source word counted for each target word: `[batch, target, source]`; as {@link forward} otherwise. */
  attentionWeights(batch: Record<string, tf.Tensor>): tf.Tensor {
    return tf.tidy(() => tf.transpose(this.#decodeBatch(batch).weights, [1, 0, 2]));
  }

  /** Reads a source, int32 `[batch, source]`; @param copyIds as {@link forward} has them */
  encode(inputs: tf.Tensor, mask?: tf.Tensor, copyIds?: tf.Tensor): EncodedSource {
    if (inputs.rank !== 2 || (mask && `${mask.shape}` !== `${inputs.shape}`)) {
      throw new ShapeError(
        `Seq2Seq: inputs must be [batch, source] and mask alike, got [${inputs.shape}]${mask ? ` and [${mask.shape}]` : ''}.`,
      );
    }
    const copied = this.#copyIds(inputs, copyIds);
    return tidied(() => {
      const words = mask && tf.cast(mask, 'float32');
      const lengths = mask && (tf.sum(tf.cast(mask, 'int32'), 1) as tf.Tensor);
      const embedded = this.dropout.forward(this.sourceEmbedding.forward(inputs));
      const { outputs, state } = this.encoder.forward(embedded, { lengths });
      return {
        memory: outputs,
        keys: this.score ? this.score.prepare(outputs) : tf.clone(outputs),
        hidden: words ? tf.mul(tf.sub(1, words), MASKED) : tf.zeros(inputs.shape),
        ...(copied && { copyIds: tf.clone(copied) }),
        state: this.#firstState(state, inputs.shape),
      };
    });
  }

  /**
   * The decoder, one step at a time.
   *
   * @param batch rows of what is given
   * @returns a function of the words read, int32 `[batch]`, the state and the source
   */
  stepper(batch: number): (ids: tf.Tensor, state: DecoderState, source: DecoderSource) => DecoderStep {
    const step = this.#embeddedStepper(batch);
    return (ids, state, source) => tidied(() => step(this.#embed(ids), state, source));
  }

  /** Scores of the next word after one step, or after all of them: `[..., batch, wordCount]`. */
  scoreWords({ output, ...step }: ScoredStep, source: DecoderSource): tf.Tensor {
    return this.#scoreWords({ output: this.dropout.forward(output), ...step }, source);
  }

  #scoreWords({ output, weights, generate }: ScoredStep, { copyIds }: DecoderSource): tf.Tensor {
    const logits = this.output.forward(output);
    if (!generate || !copyIds) return logits;
    return logProbabilitiesWithCopies(logits, { generate, weights, copyIds }, this.config.copySlots);
  }

  /** Words that can only be copied are read as the unknown one. */
  #embed(ids: tf.Tensor): tf.Tensor {
    const { targetVocabSize, copySlots, unknownId } = this.config;
    const known =
      copySlots > 0
        ? tf.where(tf.less(ids, targetVocabSize), ids, tf.fill(ids.shape, unknownId, 'int32'))
        : ids;
    return this.targetEmbedding.forward(known);
  }

  #copyIds(inputs: tf.Tensor, copyIds: tf.Tensor | undefined): tf.Tensor | undefined {
    const { copy, sourceVocabSize } = this.config;
    if (!copy) return undefined;
    if (!copyIds && sourceVocabSize > this.wordCount) {
      throw new TypeError(
        'Seq2Seq: batch must have copyIds, got none. Only with one vocabulary for source and target are they the inputs.',
      );
    }
    if (copyIds && (copyIds.dtype !== 'int32' || `${copyIds.shape}` !== `${inputs.shape}`)) {
      throw new ShapeError(
        `Seq2Seq: copyIds must be int32 [${inputs.shape}], as inputs, got ${copyIds.dtype} [${copyIds.shape}].`,
      );
    }
    return copyIds ?? inputs;
  }

  #decodeBatch({ inputs, mask, decoderInputs, copyIds, teacherForcing }: Record<string, tf.Tensor>) {
    if (!inputs || !decoderInputs) {
      throw new TypeError(
        `Seq2Seq: batch must have inputs and decoderInputs, got no ${inputs ? 'decoderInputs' : 'inputs'}.`,
      );
    }
    const forcing = this.training ? teacherForcing : undefined;
    return this.#decode(decoderInputs, this.encode(inputs, mask, copyIds), forcing);
  }

  /** All steps in one loop: logits `[target, batch, words]`, weights `[target, batch, source]`, overlap `[target, batch]`. */
  #decode(decoderInputs: tf.Tensor, source: EncodedSource, teacherForcing: tf.Tensor | undefined) {
    const [batch, length] = decoderInputs.shape as [number, number];
    const step = this.#embeddedStepper(batch);
    const given = this.dropout.forward(this.#embed(tf.transpose(decoderInputs))); // [T, B, E]
    const isGiven =
      teacherForcing && tf.cast(tf.less(randomUniform([length, batch, 1]), teacherForcing), 'float32');
    const first = isGiven && { own: rowOf(given, 0) };
    const { outputs } = scan<string, string, string>(
      ({ own, ...state }, { x, isGiven }) => {
        const read = own && isGiven ? tf.add(own, tf.mul(isGiven, tf.sub(x!, own))) : x!;
        const { state: next, ...result } = step(read, state, source);
        const carry = own ? { ...next, own: this.#drawWords(result, source) } : next;
        return { carry, outputs: withoutGaps({ ...result }) };
      },
      {
        carry: { ...source.state, ...first },
        inputs: { x: given, ...(isGiven && { isGiven }) },
      },
    );
    const all = { output: outputs.output!, weights: outputs.weights!, generate: outputs.generate };
    return { logits: this.scoreWords(all, source), weights: all.weights, overlap: outputs.overlap };
  }

  /** Embeddings of words drawn from the predictions of a step, `[batch, embeddingSize]`; no gradient goes through the draw. */
  #drawWords(step: ScoredStep, source: DecoderSource): tf.Tensor {
    const drawn = multinomial(this.#scoreWords(step, source), 1); // [B, 1]
    return this.dropout.forward(this.#embed(tf.reshape(drawn, [drawn.size])));
  }

  #embeddedStepper(batch: number) {
    const cells = this.decoder.stepper(batch);
    const { layerCount, attention } = this.config;
    const isEarly = attention === 'bahdanau';
    return (embedded: tf.Tensor, state: DecoderState, source: DecoderSource): DecoderStep => {
      const before = layersOf(state, layerCount);
      if (!this.score) {
        const { output, states } = cells(embedded, before);
        return { output, weights: tf.zerosLike(source.hidden), state: flattened(states) };
      }
      const { coverage } = state;
      const early = isEarly ? this.#attend(before.at(-1)!.hidden!, source, coverage) : undefined;
      const fed = early ? early.context : state.fed;
      const { output: shown, states } = cells(fed ? tf.concat([embedded, fed], 1) : embedded, before);
      const { context, weights } = early ?? this.#attend(shown, source, coverage);
      const both = tf.concat([context, shown], 1); // [B, 2 H]
      const output = this.combine ? tf.tanh(this.combine.forward(both)) : both;
      return {
        output,
        weights,
        generate: this.generate && tf.sigmoid(this.generate.forward(tf.concat([both, embedded], 1))),
        overlap: coverage && tf.sum(tf.minimum(weights, coverage), 1),
        state: {
          ...flattened(states),
          ...(fed && !early && { fed: output }),
          ...(coverage && { coverage: tf.add(coverage, weights) }),
        },
      };
    };
  }

  /** @param query `[batch, hiddenSize]` */
  #attend(query: tf.Tensor, { memory, keys, hidden }: DecoderSource, coverage: tf.Tensor | undefined) {
    const weights = tf.softmax(tf.add(this.score!.forward(query, keys, coverage), hidden)); // [B, S]
    const context = tf.squeeze(tf.matMul(tf.expandDims(weights, 1), memory), [1]); // [B, H]
    return { context, weights };
  }

  /** The encoder's last states, both directions side by side: `[layers · directions, batch, size]` → `[batch, hiddenSize]` by layer. */
  #firstState(state: CellState, [batch, length]: readonly number[]): DecoderState {
    const { layerCount, hiddenSize, bidirectional, attention, firstState } = this.config;
    const directions = bidirectional ? 2 : 1;
    const first: Record<string, tf.Tensor> = {};
    for (const [name, tensor] of Object.entries(state)) {
      const size = tensor.shape[2]!;
      for (let layer = 0; layer < layerCount; layer++) {
        const rows = tf.slice(tensor, [layer * directions, 0, 0], [directions, batch!, size]);
        const both = tf.reshape(tf.transpose(rows, [1, 0, 2]), [batch!, hiddenSize]);
        first[`${name}${layer}`] = name === 'hidden' || firstState === 'all' ? both : tf.zerosLike(both);
      }
    }
    const fed = attention === 'bahdanau' ? 0 : fedSize(this.config);
    return {
      ...first,
      ...(fed > 0 && { fed: tf.zeros([batch!, fed]) }),
      ...(this.config.coverage && { coverage: tf.zeros([batch!, length!]) }),
    };
  }
}

/** Row `index` of the first axis, without that axis. */
function rowOf(x: tf.Tensor, index: number): tf.Tensor {
  const [, ...rest] = x.shape;
  return tf.reshape(tf.slice(x, [index, ...rest.map(() => 0)], [1, ...rest]), rest);
}

/** The record without what is undefined. */
function withoutGaps(tensors: Readonly<Record<string, tf.Tensor | undefined>>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).filter((entry): entry is [string, tf.Tensor] => entry[1] !== undefined),
  );
}
