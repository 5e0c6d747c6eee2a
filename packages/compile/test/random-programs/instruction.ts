import type * as tf from '@tensorflow/tfjs-core';
import type { RandomStream } from '../../src/index.ts';
import type { DType } from '../../src/tensor-data.ts';

/** What the generator knows of a tensor of the program. */
export interface Known {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** One op of a random program: from the tensors at these places to one more tensor. */
export interface Instruction {
  readonly name: string;
  readonly operands: readonly number[];
  readonly apply: (...operands: tf.Tensor[]) => tf.Tensor;
  /** Numbers that were drawn for it, for the listing. */
  readonly attributes?: readonly unknown[];
}

/** Draws an instruction for the tensors that there are; nothing where none fits. */
export type Operation = (choose: Choices) => Omit<Instruction, 'name'> | undefined;

/** Choices of the generator among the tensors that a program has so far. */
export class Choices {
  readonly random: RandomStream;
  readonly #tensors: readonly Known[];
  readonly #addInput: (known: Known) => number;

  constructor(random: RandomStream, tensors: readonly Known[], addInput: (known: Known) => number) {
    this.random = random;
    this.#tensors = tensors;
    this.#addInput = addInput;
  }

  at(place: number): Known {
    return this.#tensors[place]!;
  }

  /** From `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + this.random.integer(high - low + 1);
  }

  flag(): boolean {
    return this.random.integer(2) === 1;
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.random.integer(choices.length)]!;
  }

  /** A number that float32 has. */
  number(low: number, high: number): number {
    return Math.fround(low + (high - low) * this.random.uniform());
  }

  /** A tensor that fits, rather a late one. */
  tensor(fits: (known: Known) => boolean): number | undefined {
    const places = [...this.#tensors.keys()].filter((place) => fits(this.#tensors[place]!));
    if (places.length === 0) return undefined;
    const late = places.slice(-5);
    return this.oneOf(this.flag() ? late : places);
  }

  float(least = 0, most = 6): number | undefined {
    return this.tensor(
      ({ dtype, shape }) => dtype === 'float32' && shape.length >= least && shape.length <= most,
    );
  }

  /** A new input of the program. */
  input(dtype: DType, shape: readonly number[]): number {
    return this.#addInput({ dtype, shape });
  }

  /** A tensor of this shape: one that there is, or a new input. */
  ofShape(dtype: DType, shape: readonly number[]): number {
    const known = this.tensor((other) => other.dtype === dtype && `${other.shape}` === `${shape}`);
    return known !== undefined && this.random.integer(4) > 0 ? known : this.input(dtype, shape);
  }

  /** A tensor that can be broadcast together with this shape: one that there is, or a new input. */
  broadcastWith(dtype: DType, shape: readonly number[]): number {
    const known = this.tensor((other) => other.dtype === dtype && canBroadcast(other.shape, shape));
    if (known !== undefined && this.flag()) return known;
    const own = shape
      .slice(this.integer(0, shape.length))
      .map((size) => (this.random.integer(3) === 0 ? 1 : size === 1 ? this.integer(1, 3) : size));
    return this.input(dtype, own);
  }

  axis(place: number): number {
    const rank = this.at(place).shape.length;
    const axis = this.integer(0, rank - 1);
    return this.flag() ? axis : axis - rank;
  }

  /** Some of the axes, none twice, in any order. */
  axes(place: number): number[] {
    const all = [...this.at(place).shape.keys()];
    return this.shuffled(all).slice(0, this.integer(1, all.length));
  }

  shuffled<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let index = result.length - 1; index > 0; index--) {
      const other = this.integer(0, index);
      [result[index], result[other]] = [result[other]!, result[index]!];
    }
    return result;
  }
}

function canBroadcast(a: readonly number[], b: readonly number[]): boolean {
  const shared = Math.min(a.length, b.length);
  for (let back = 1; back <= shared; back++) {
    const [one, other] = [a[a.length - back]!, b[b.length - back]!];
    if (one !== other && one !== 1 && other !== 1) return false;
  }
  return a.length <= 5 && b.length <= 5;
}
