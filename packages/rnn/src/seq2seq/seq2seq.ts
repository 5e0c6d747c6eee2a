import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, ShapeError, scan } from '@wordloom/compile';
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
import { OutputLayer } from './output-layer.ts';
import { fedSize, outputSize, resolveSeq2SeqConfig, type Seq2SeqConfig } from './seq2seq-config.ts';

/** What the decoder knows of the source. */
export interface EncodedSource {
  /** `[batch, source, hiddenSize]` */
  readonly memory: tf.Tensor;
  /** What attention has prepared of it, `[batch, source, hiddenSize]`. */
  readonly keys: tf.Tensor;
  /** `[batch, source]`: 0 for words, very negative for padding. */
  readonly hidden: tf.Tensor;
  /** The decoder's first state. */
  readonly state: DecoderState;
}

/** What a decoder carries from step to step, `[batch, hiddenSize]` each: `hidden0`, `cell0`, … by layer, and `fed`, what attention gave. */
export type DecoderState = Readonly<Record<string, tf.Tensor>>;

/** What one step of the decoder gives. */
export interface DecoderStep {
  /** What the output layer reads: `[batch, outputSize]`. */
  readonly output: tf.Tensor;
  /** How much each word of the source counted: `[batch, source]`; zeros without attention. */
  readonly weights: tf.Tensor;
  readonly state: DecoderState;
}

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
  readonly dropout: Dropout;

  /** @throws {RangeError} naming the field of the configuration that does not fit */
  constructor(config: Seq2SeqConfig, { seed = 0 }: { readonly seed?: number } = {}) {
    super();
    this.config = resolveSeq2SeqConfig(config);
    const { sourceVocabSize, targetVocabSize, embeddingSize, hiddenSize } = this.config;
    const { layerCount, cell, bidirectional, attention, attentionLayer, tied, dropout } = this.config;
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
    this.score = attends ? new AttentionScore(kind, hiddenSize, random) : undefined;
    this.combine =
      attends && attentionLayer ? new Linear(2 * hiddenSize, read, { bias: false, random }) : undefined;
    const shape = [targetVocabSize, read];
    this.output = new OutputLayer(
      tied
        ? this.targetEmbedding.weight
        : new Parameter(uniformInitializer(1 / Math.sqrt(read))(shape, random), shape),
    );
    this.dropout = new Dropout(dropout);
  }

  /**
   * Scores of every next target word, with the words before it given (teacher forcing).
   *
   * @param batch `inputs` int32 `[batch, source]`, `mask` bool of its shape, true for words (default all), `decoderInputs` int32 `[batch, target]`
   * @returns logits `[batch, target, targetVocabSize]`, owned by the caller
   */
  forward(batch: Record<string, tf.Tensor>): tf.Tensor {
    return tf.tidy(() => tf.transpose(this.#decodeBatch(batch).logits, [1, 0, 2]));
  }

  /** Mean negative log-likelihood of the targets, in nats per word. @param batch as {@link forward}, and `targets` int32 `[batch, target]`, −100 at padding */
  loss({ targets, ...batch }: Record<string, tf.Tensor>): tf.Scalar {
    if (!targets) throw new TypeError('Seq2Seq.loss: batch must have targets, got none.');
    const labelSmoothing = this.training ? this.config.labelSmoothing : 0;
    return tf.tidy(() =>
      crossEntropy(this.#decodeBatch(batch).logits, tf.transpose(targets), { labelSmoothing }),
    );
  }

  /** How much each source word counted for each target word: `[batch, target, source]`; as {@link forward} otherwise. */
  attentionWeights(batch: Record<string, tf.Tensor>): tf.Tensor {
    return tf.tidy(() => tf.transpose(this.#decodeBatch(batch).weights, [1, 0, 2]));
  }

  /** Reads a source, int32 `[batch, source]`. */
  encode(inputs: tf.Tensor, mask?: tf.Tensor): EncodedSource {
    if (inputs.rank !== 2 || (mask && `${mask.shape}` !== `${inputs.shape}`)) {
      throw new ShapeError(
        `Seq2Seq: inputs must be [batch, source] and mask alike, got [${inputs.shape}]${mask ? ` and [${mask.shape}]` : ''}.`,
      );
    }
    return tidied(() => {
      const words = mask && tf.cast(mask, 'float32');
      const lengths = mask && (tf.sum(tf.cast(mask, 'int32'), 1) as tf.Tensor);
      const embedded = this.dropout.forward(this.sourceEmbedding.forward(inputs));
      const { outputs, state } = this.encoder.forward(embedded, { lengths });
      return {
        memory: outputs,
        keys: this.score ? this.score.prepare(outputs) : tf.clone(outputs),
        hidden: words ? tf.mul(tf.sub(1, words), MASKED) : tf.zeros(inputs.shape),
        state: this.#firstState(state),
      };
    });
  }

  /**
   * The decoder, one step at a time.
   *
   * @param batch rows of what is given
   * @returns a function of the words read, int32 `[batch]`, the state and the source
   */
  stepper(
    batch: number,
  ): (ids: tf.Tensor, state: DecoderState, source: Omit<EncodedSource, 'state'>) => DecoderStep {
    const step = this.#embeddedStepper(batch);
    return (ids, state, source) => tidied(() => step(this.targetEmbedding.forward(ids), state, source));
  }

  /** Scores of the next word: `[..., outputSize]` → `[..., targetVocabSize]`. */
  scoreWords(output: tf.Tensor): tf.Tensor {
    return this.output.forward(this.dropout.forward(output));
  }

  #decodeBatch({ inputs, mask, decoderInputs }: Record<string, tf.Tensor>) {
    if (!inputs || !decoderInputs) {
      throw new TypeError(
        `Seq2Seq: batch must have inputs and decoderInputs, got no ${inputs ? 'decoderInputs' : 'inputs'}.`,
      );
    }
    return this.#decode(decoderInputs, this.encode(inputs, mask));
  }

  /** All steps in one loop: logits `[target, batch, vocabulary]`, weights `[target, batch, source]`. */
  #decode(decoderInputs: tf.Tensor, source: EncodedSource): { logits: tf.Tensor; weights: tf.Tensor } {
    const step = this.#embeddedStepper(decoderInputs.shape[0]!);
    const embedded = this.dropout.forward(this.targetEmbedding.forward(tf.transpose(decoderInputs))); // [T, B, E]
    const { outputs } = scan(
      (state, { x }) => {
        const { output, weights, state: next } = step(x!, state, source);
        return { carry: next, outputs: { output, weights } };
      },
      { carry: source.state, inputs: { x: embedded } as Record<string, tf.Tensor> },
    );
    return { logits: this.scoreWords(outputs.output!), weights: outputs.weights! };
  }

  #embeddedStepper(batch: number) {
    const cells = this.decoder.stepper(batch);
    const { layerCount, attention } = this.config;
    const isEarly = attention === 'bahdanau';
    return (embedded: tf.Tensor, state: DecoderState, source: Omit<EncodedSource, 'state'>): DecoderStep => {
      const before = layersOf(state, layerCount);
      if (!this.score) {
        const { output, states } = cells(embedded, before);
        return { output, weights: tf.zerosLike(source.hidden), state: flattened(states) };
      }
      const early = isEarly ? this.#attend(before.at(-1)!.hidden!, source) : undefined;
      const fed = early ? early.context : state.fed;
      const { output: shown, states } = cells(fed ? tf.concat([embedded, fed], 1) : embedded, before);
      const { context, weights } = early ?? this.#attend(shown, source);
      const both = tf.concat([context, shown], 1); // [B, 2 H]
      const output = this.combine ? tf.tanh(this.combine.forward(both)) : both;
      return { output, weights, state: { ...flattened(states), ...(fed && !early && { fed: output }) } };
    };
  }

  /** @param query `[batch, hiddenSize]` */
  #attend(query: tf.Tensor, { memory, keys, hidden }: Omit<EncodedSource, 'state'>) {
    const weights = tf.softmax(tf.add(this.score!.forward(query, keys), hidden)); // [B, S]
    const context = tf.squeeze(tf.matMul(tf.expandDims(weights, 1), memory), [1]); // [B, H]
    return { context, weights };
  }

  /** The encoder's last states, both directions side by side: `[layers · directions, batch, size]` → `[batch, hiddenSize]` by layer. */
  #firstState(state: CellState): DecoderState {
    const { layerCount, hiddenSize, bidirectional, attention, firstState } = this.config;
    const directions = bidirectional ? 2 : 1;
    const first: Record<string, tf.Tensor> = {};
    for (const [name, tensor] of Object.entries(state)) {
      const [, batch, size] = tensor.shape as [number, number, number];
      for (let layer = 0; layer < layerCount; layer++) {
        const rows = tf.slice(tensor, [layer * directions, 0, 0], [directions, batch, size]);
        const both = tf.reshape(tf.transpose(rows, [1, 0, 2]), [batch, hiddenSize]);
        first[`${name}${layer}`] = name === 'hidden' || firstState === 'all' ? both : tf.zerosLike(both);
      }
    }
    const batch = state.hidden!.shape[1]!;
    const fed = attention === 'bahdanau' ? 0 : fedSize(this.config);
    return fed > 0 ? { ...first, fed: tf.zeros([batch, fed]) } : first;
  }
}

/** `hidden0`, `cell0`, `hidden1`, … as one record for each layer. */
function layersOf(state: DecoderState, layerCount: number): CellState[] {
  const layers: Record<string, tf.Tensor>[] = Array.from({ length: layerCount }, () => ({}));
  for (const [name, tensor] of Object.entries(state)) {
    const [, part, layer] = /^(\D+)(\d+)$/.exec(name) ?? [];
    if (part && layer) layers[Number(layer)]![part] = tensor;
  }
  return layers;
}

function flattened(states: readonly CellState[]): DecoderState {
  return Object.fromEntries(
    states.flatMap((state, layer) =>
      Object.entries(state).map(([name, tensor]) => [`${name}${layer}`, tensor]),
    ),
  );
}
