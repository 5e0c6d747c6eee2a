import { ShapeError, sizeOf } from '@wordloom/compile';
import type { Initializer } from './initializers.ts';

/** Options of {@link orthogonalInitializer}. */
export interface OrthogonalOptions {
  /** Length of the rows, or of the columns where there are fewer of them; default 1. */
  readonly gain?: number;
}

/**
 * A random matrix with orthonormal rows, or columns where there are fewer of them, times the gain. Axes after the first count
 * as one. Uniform over such matrices, as in PyTorch: the Q of a Gaussian matrix, with the signs that make R's diagonal
 * positive.
 *
 * @see Saxe et al. 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks"
 */
export function orthogonalInitializer({ gain = 1 }: OrthogonalOptions = {}): Initializer {
  return (shape, random) => {
    if (shape.length < 2) {
      throw new ShapeError(`orthogonalInitializer: shape must have two axes or more, got [${shape}].`);
    }
    const rows = shape[0]!;
    const columns = sizeOf(shape) / rows;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, () => random.normal()));
    orthonormalize(vectors);
    const values = new Float32Array(rows * columns);
    for (const [index, vector] of vectors.entries()) {
      for (const [place, value] of vector.entries()) {
        values[rows <= columns ? index * columns + place : place * columns + index] = gain * value;
      }
    }
    return values;
  };
}

/** Gram–Schmidt, twice for each vector: once leaves rounding errors that grow with the count. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [index, vector] of vectors.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < index; other++) subtract(vector, vectors[other]!);
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let place = 0; place < vector.length; place++) vector[place]! /= norm;
  }
}

/** Takes from `vector` its part along the unit vector `direction`. */
function subtract(vector: Float64Array, direction: Float64Array): void {
  const part = dot(vector, direction);
  for (let place = 0; place < vector.length; place++) vector[place]! -= part * direction[place]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < a.length; place++) sum += a[place]! * b[place]!;
  return sum;
}
