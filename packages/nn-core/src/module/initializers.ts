import { RandomStream, sizeOf } from '@wordloom/compile';
import { Parameter } from './parameter.ts';

/**
 * Makes the first values of a parameter.
 *
 * @param shape  of the parameter
 * @param random where its draws come from; not used by constants
 * @returns as many values as the shape holds, row-major
 */
export type Initializer = (shape: readonly number[], random: RandomStream) => Float32Array;

/** Where a layer's first weights come from. */
export interface InitializationOptions {
  /** How the weight starts; each layer names its default. */
  readonly initializer?: Initializer;
  /**
   * The source of the draws. Share one among the layers of a model, so that each starts with its own numbers;
   * default: `new RandomStream(0)`, the same numbers for every layer of one shape.
   */
  readonly random?: RandomStream;
}

/** Every value equal to `value`. */
export function constantInitializer(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** Normal draws with mean 0. */
export function normalInitializer(standardDeviation: number): Initializer {
  return (shape, random) => new Float32Array(sizeOf(shape)).map(() => random.normal() * standardDeviation);
}

/** Uniform draws from [−bound, bound). */
export function uniformInitializer(bound: number): Initializer {
  return (shape, random) => new Float32Array(sizeOf(shape)).map(() => (2 * random.uniform() - 1) * bound);
}

/** A parameter with the values of an initializer. */
export function initialized(
  shape: readonly number[],
  initializer: Initializer,
  random: RandomStream = new RandomStream(0),
): Parameter {
  return new Parameter(initializer(shape, random), shape);
}
