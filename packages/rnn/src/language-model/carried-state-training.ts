import * as tf from '@tensorflow/tfjs-core';
import type { LossWithAuxiliary } from '@wordloom/compile';
import { ModelBuffer, Module } from '@wordloom/nn-core';
import type { CellState } from '../cells/recurrent-cell.ts';
import type { RecurrentLanguageModel } from './recurrent-language-model.ts';

/**
 * A language model whose state goes on from batch to batch, while gradients end at the batch's first word: truncated back-propagation through
 * time. Train it with {@link carriedWindows}.
 *
 * The state is a buffer, so that training resumes exactly. The model itself is {@link model}, whose weights it shares.
 *
 * @see Williams & Peng 1990, "An efficient gradient-based algorithm for on-line training of recurrent network trajectories"
 * @example
 * const training = new CarriedStateTraining(model, { batchSize: 20 });
 * for await (const event of train(training, carriedWindows(tokens, { batchSize: 20, contextLength: 35 }), options)) report(event);
 */
export class CarriedStateTraining extends Module {
  readonly model: RecurrentLanguageModel;
  /** `[1, batch, size]` each: by layer and name. */
  readonly state: readonly Readonly<Record<string, ModelBuffer>>[];

  constructor(model: RecurrentLanguageModel, { batchSize }: { readonly batchSize: number }) {
    super();
    this.model = model;
    this.state = model.layers.map((layer) =>
      Object.fromEntries(
        Object.entries(layer.stateShapes(batchSize)).map(([name, shape]) => [
          name,
          new ModelBuffer(new Float32Array(shape.reduce((product, axis) => product * axis, 1)), shape),
        ]),
      ),
    );
  }

  /** @param batch `inputs`, `targets` and `carry`, as {@link carriedWindows} makes them */
  loss({ carry, ...batch }: Record<string, tf.Tensor>): tf.Scalar | LossWithAuxiliary {
    if (!carry) throw new TypeError('CarriedStateTraining.loss: batch must have carry, got none.');
    return tf.tidy(() => {
      const first = this.state.map((buffers) => mapValues(buffers, (buffer) => tf.mul(buffer.value, carry)));
      const { loss, state } = this.model.lossFrom(batch, first);
      for (const [layer, buffers] of this.state.entries()) {
        for (const [name, buffer] of Object.entries(buffers)) buffer.assign(state[layer]![name]!);
      }
      return loss;
    });
  }
}

function mapValues(
  record: Readonly<Record<string, ModelBuffer>>,
  change: (buffer: ModelBuffer) => tf.Tensor,
): CellState {
  return Object.fromEntries(Object.entries(record).map(([name, buffer]) => [name, change(buffer)]));
}
