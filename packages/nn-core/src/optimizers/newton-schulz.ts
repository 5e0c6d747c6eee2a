import * as tf from '@tensorflow/tfjs-core';
import { type CompiledFunction, compile, type Runtime, type TensorData } from '@wordloom/compile';

/** Of the quintic a x + b x³ + c x⁵, chosen to rise steeply at 0: five rounds take singular values from 0.003 up to near 1. */
const [A, B, C] = [3.4445, -4.775, 2.0315];

/**
 * Brings all singular values of a matrix near 1 (between 0.7 and 1.2) and keeps its singular vectors, by matrix products alone.
 *
 * @param x          `[rows, columns]`
 * @param iterations products of the polynomial; default 5
 * @returns `[rows, columns]`, owned by the caller
 * @see Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"
 * @example
 * const { y } = await compile(({ x }) => ({ y: newtonSchulz(x as tf.Tensor2D) }), { runtime })({ x });
 */
export function newtonSchulz(x: tf.Tensor2D, iterations = 5): tf.Tensor2D {
  return tf.tidy(() => {
    const wide = x.shape[0] <= x.shape[1];
    let y = tf.div<tf.Tensor2D>(x, tf.maximum(tf.norm(x), 1e-7));
    for (let iteration = 0; iteration < iterations; iteration++) {
      const gram = tf.matMul(y, y, !wide, wide); // [n, n], n = min(rows, columns)
      const polynomial = tf.add<tf.Tensor2D>(tf.mul(gram, B), tf.mul(tf.matMul(gram, gram), C));
      const moved = wide ? tf.matMul(polynomial, y) : tf.matMul(y, polynomial); // [rows, columns]
      y = tf.add(tf.mul(y, A), moved);
    }
    return y;
  });
}

/** {@link newtonSchulz} of arrays, compiled once for each shape, or eagerly on the active tfjs backend. */
export class Orthogonalizer {
  readonly #programs = new Map<number, CompiledFunction>();
  readonly #runtime: Runtime | undefined;

  constructor(runtime: Runtime | undefined) {
    this.#runtime = runtime;
  }

  /**
   * @param matrix given away: later results may be written into its array
   * @returns as large as the matrix, row-major, the caller's own
   */
  async run(matrix: TensorData, iterations: number): Promise<Float32Array> {
    if (this.#runtime) {
      const { y } = await this.#program(iterations, this.#runtime)({ x: matrix });
      return y!.data as Float32Array;
    }
    const y = tf.tidy(() =>
      newtonSchulz(tf.tensor2d(matrix.data, matrix.shape as [number, number]), iterations),
    );
    try {
      return (await y.data()) as Float32Array;
    } finally {
      y.dispose();
    }
  }

  /** Frees what was compiled. */
  async release(): Promise<void> {
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    await Promise.all(programs.map((program) => program.release()));
  }

  #program(iterations: number, runtime: Runtime): CompiledFunction {
    let program = this.#programs.get(iterations);
    if (!program) {
      program = compile(({ x }) => ({ y: newtonSchulz(x as tf.Tensor2D, iterations) }), {
        runtime,
        donate: ['x'],
      });
      this.#programs.set(iterations, program);
    }
    return program;
  }
}
