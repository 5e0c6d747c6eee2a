import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-common';
import type { StoredData, TensorArray, TensorData } from '../tensor-data.ts';
import type { RuntimeSession } from './runtime.ts';

/** What a runtime's binding can and cannot do. */
export interface BindingTraits {
  readonly Tensor: TensorConstructor;
  /** Whether results are written into the arrays of the output tensors; where not, they are copied there. */
  readonly fillsOutputs: boolean;
}

/** A session of either ONNX Runtime binding; both share one interface. */
export class OnnxSession implements RuntimeSession {
  readonly #session: InferenceSession;
  readonly #traits: BindingTraits;
  /** Tensors are kept for the arrays they wrap: a training step passes the same parameters every time. */
  readonly #tensors = new WeakMap<TensorData['data'] | StoredData['data'], Tensor>();

  constructor(session: InferenceSession, traits: BindingTraits) {
    this.#session = session;
    this.#traits = traits;
  }

  async run(
    inputs: Readonly<Record<string, TensorData | StoredData>>,
    outputs: Readonly<Record<string, TensorData>>,
  ): Promise<void> {
    const feeds = this.#wrapAll(inputs);
    if (this.#traits.fillsOutputs) {
      await this.#session.run(feeds, this.#wrapAll(outputs));
      return;
    }
    const results = await this.#session.run(feeds, Object.keys(outputs));
    for (const [name, { data }] of Object.entries(outputs)) {
      const result = results[name]!;
      data.set(result.data as TensorArray);
      result.dispose();
    }
  }

  /** Has the runtime write down what it measured, if its options asked for that. */
  endProfiling(): void {
    this.#session.endProfiling();
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  #wrapAll(tensors: Readonly<Record<string, TensorData | StoredData>>): Record<string, Tensor> {
    const wrapped: Record<string, Tensor> = {};
    for (const name in tensors) wrapped[name] = this.#wrap(tensors[name]!);
    return wrapped;
  }

  #wrap({ dtype, shape, data }: TensorData | StoredData): Tensor {
    const known = this.#tensors.get(data);
    if (
      known &&
      known.dims.length === shape.length &&
      known.dims.every((size, axis) => size === shape[axis])
    ) {
      return known;
    }
    const tensor = new this.#traits.Tensor(dtype, data as never, shape) as Tensor;
    this.#tensors.set(data, tensor);
    return tensor;
  }
}
