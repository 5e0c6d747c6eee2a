import * as tf from '@tensorflow/tfjs-core';
import type { LossWithAuxiliary, TensorArray, TensorData } from '@wordloom/compile';
import { type ModelBuffer, withAssignments } from '../module/model-buffer.ts';
import type { TrainableModel } from './trainable-model.ts';

type Auxiliary = Readonly<Record<string, TensorData>>;

/** Further results of a step with this prefix are new values of buffers. */
const BUFFER = 'buffer.';

/** How what a model's passes assign to its buffers leaves the pass as further results, and comes into the buffers. */
export class BufferUpdates {
  readonly #buffers: ReadonlyMap<string, ModelBuffer>;
  /** Values before the step, of the buffers it changed. */
  readonly #before = new Map<ModelBuffer, TensorArray>();

  constructor(model: TrainableModel) {
    this.#buffers = model.namedBuffers();
  }

  /** The loss of a model, with what the pass assigns to buffers among the results beside it. */
  loss(model: TrainableModel, batch: Record<string, tf.Tensor>): LossWithAuxiliary {
    const { result, assigned } = withAssignments(() => model.loss(batch));
    const all: Record<string, tf.Tensor> = {};
    for (const [name, buffer] of this.#buffers) {
      const value = assigned.get(buffer);
      if (value) all[`${BUFFER}${name}`] = value;
    }
    return result instanceof tf.Tensor ? { ...all, loss: result } : { ...all, ...result };
  }

  /** Begins a step: {@link undo} leads back here. */
  begin(): void {
    this.#before.clear();
  }

  /**
   * Takes the new values over into the buffers.
   *
   * @returns the results that are not for buffers
   */
  take(auxiliary: Auxiliary): Auxiliary {
    const others: Record<string, TensorData> = {};
    for (const [name, tensor] of Object.entries(auxiliary)) {
      const buffer = name.startsWith(BUFFER) ? this.#buffers.get(name.slice(BUFFER.length)) : undefined;
      if (!buffer) {
        others[name] = tensor;
        continue;
      }
      if (!this.#before.has(buffer)) this.#before.set(buffer, buffer.data.slice());
      buffer.data.set(tensor.data);
    }
    return others;
  }

  /** Gives the buffers the values they had before the step. */
  undo(): void {
    for (const [buffer, values] of this.#before) buffer.data.set(values);
    this.#before.clear();
  }
}
