import type { RandomInput } from '../graph/graph.ts';
import { sizeOf, type TensorData } from '../tensor-data.ts';
import { randomKey } from './random-stream.ts';
import { fillRandom } from './random-tensor.ts';
import type { Draw } from './randomness.ts';

/** The numbers of one random input, in an array that is kept from run to run and grows when it must. */
export class MaskArray {
  readonly #input: RandomInput;
  #array = new Float32Array(0);
  #current: TensorData | undefined;

  constructor(input: RandomInput) {
    this.#input = input;
  }

  /** The numbers' place for a run at this shape; the same one while the shape stays. */
  at(shape: readonly number[]): TensorData {
    if (this.#current && `${this.#current.shape}` === `${shape}`) return this.#current;
    const size = sizeOf(shape);
    if (size > this.#array.length) this.#array = new Float32Array(size);
    const data = size === this.#array.length ? this.#array : this.#array.subarray(0, size);
    this.#current = { dtype: 'float32', shape, data };
    return this.#current;
  }

  fill({ data }: TensorData, { seed, step }: Draw): void {
    const { rate, site } = this.#input;
    fillRandom(data as Float32Array, rate, randomKey(seed, step, site));
  }
}
