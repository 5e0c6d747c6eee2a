import { RandomStream, ShapeError, sizeOf } from '@wordloom/compile';
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

/** Normal draws. */
export function normalInitializer(standardDeviation: number, mean = 0): Initializer {
  return (shape, random) => fill(shape, () => random.normal() * standardDeviation + mean);
}

/** Uniform draws from [−bound, bound), or with two arguments from [low, high). */
export function uniformInitializer(bound: number): Initializer;
export function uniformInitializer(low: number, high: number): Initializer;
export function uniformInitializer(low: number, high?: number): Initializer {
  if (high === undefined) return (shape, random) => fill(shape, () => (2 * random.uniform() - 1) * low);
  return (shape, random) => fill(shape, () => low + (high - low) * random.uniform());
}

/** Ones on the diagonal of a matrix, zeros elsewhere: a linear layer starts as the identity. */
export function eyeInitializer(): Initializer {
  return (shape) => {
    if (shape.length !== 2) throw new ShapeError(`eyeInitializer: shape must be a matrix, got [${shape}].`);
    const [rows, columns] = shape as [number, number];
    const values = new Float32Array(rows * columns);
    for (let index = 0; index < Math.min(rows, columns); index++) values[index * columns + index] = 1;
    return values;
  };
}

/** As many draws as the shape holds. */
export function fill(shape: readonly number[], draw: () => number): Float32Array {
  return new Float32Array(sizeOf(shape)).map(draw);
}

/** A parameter with the values of an initializer. */
export function initialized(
  shape: readonly number[],
  initializer: Initializer,
  random: RandomStream = new RandomStream(0),
): Parameter {
  return new Parameter(initializer(shape, random), shape);
}
