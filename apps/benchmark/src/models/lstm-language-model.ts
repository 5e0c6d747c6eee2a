import * as tf from '@tensorflow/tfjs-core';
import { linear, RandomStream, scan } from '@wordloom/compile';
import { crossEntropy, Embedding, Linear, Module, type Parameter } from '@wordloom/nn-core';

/** Sizes of a {@link LstmLanguageModel}. */
export interface LstmConfig {
  readonly vocabSize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
}

/**
 * One layer of a long short-term memory, as its equations say: gates in the order input, forget, cell, output, and two biases, both as
 * PyTorch has them. What makes it fast is the compiler's work.
 *
 * @see Hochreiter & Schmidhuber 1997; Gers et al. 2000 (forget gate)
 */
class LstmLayer extends Module {
  readonly hiddenSize: number;
  /** `[4 hiddenSize, inputSize]` */
  readonly input: Linear;
  /** `[4 hiddenSize, hiddenSize]` */
  readonly recurrent: Linear;

  constructor(inputSize: number, hiddenSize: number, random: RandomStream) {
    super();
    this.hiddenSize = hiddenSize;
    this.input = new Linear(inputSize, 4 * hiddenSize, { random });
    this.recurrent = new Linear(hiddenSize, 4 * hiddenSize, { random });
  }

  /** @param x `[time, batch, inputSize]` @returns `[time, batch, hiddenSize]` */
  forward(x: tf.Tensor): tf.Tensor {
    const zeros = tf.zeros([x.shape[1]!, this.hiddenSize]);
    const value = ({ value }: Parameter): tf.Tensor => value;
    const [inputWeight, inputBias] = [value(this.input.weight), value(this.input.bias!)];
    const [recurrentWeight, recurrentBias] = [value(this.recurrent.weight), value(this.recurrent.bias!)];
    const { outputs } = scan(
      ({ hidden, cell }, { x }) => {
        const gates = tf.add(
          linear(x, inputWeight, inputBias),
          linear(hidden, recurrentWeight, recurrentBias),
        );
        const [input, forget, candidate, output] = tf.split(gates, 4, 1) as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const kept = tf.mul(tf.sigmoid(forget), cell);
        const next = tf.add(kept, tf.mul(tf.sigmoid(input), tf.tanh(candidate)));
        const shown = tf.mul(tf.sigmoid(output), tf.tanh(next));
        return { carry: { hidden: shown, cell: next }, outputs: { hidden: shown } };
      },
      { carry: { hidden: zeros, cell: zeros }, inputs: { x } },
    );
    return outputs.hidden;
  }
}

/** A recurrent language model: embedding, stacked LSTM layers, output layer. */
export class LstmLanguageModel extends Module {
  readonly embedding: Embedding;
  readonly layers: readonly LstmLayer[];
  readonly output: Linear;

  constructor({ vocabSize, embeddingSize, hiddenSize, layerCount }: LstmConfig, seed = 0) {
    super();
    const random = new RandomStream(seed);
    this.embedding = new Embedding(vocabSize, embeddingSize, { random });
    this.layers = Array.from(
      { length: layerCount },
      (_, layer) => new LstmLayer(layer === 0 ? embeddingSize : hiddenSize, hiddenSize, random),
    );
    this.output = new Linear(hiddenSize, vocabSize, { random });
  }

  /** @param batch `inputs` and `targets`, int32 `[time, batch]` @returns nats per token */
  loss({ inputs, targets }: Record<string, tf.Tensor>): tf.Scalar {
    return tf.tidy(() => {
      const embedded = this.embedding.forward(inputs!); // [T, B, E]
      const hidden = this.layers.reduce((x, layer) => layer.forward(x), embedded); // [T, B, H]
      return crossEntropy(this.output.forward(hidden), targets!);
    });
  }
}
