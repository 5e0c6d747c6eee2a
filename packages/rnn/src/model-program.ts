import * as tf from '@tensorflow/tfjs-core';
import {
  type Runtime,
  type TensorData,
  type TensorFunction,
  toTensorData,
  toTensors,
} from '@wordloom/compile';
import { compileModel, inEvaluationMode, type Module } from '@wordloom/nn-core';

/** Tensors by name, outside of tfjs. */
export type Values = Readonly<Record<string, TensorData>>;

/** A program of a model that can be called again and again. */
export interface ModelProgram {
  run(inputs: Values): Promise<Values>;
  /** Frees what was compiled. */
  release(): Promise<void>;
}

/**
 * Makes a program of a model callable, in evaluation mode.
 *
 * @param runtime where it is compiled for; undefined runs it eagerly, on the active tfjs backend
 */
export function modelProgram(
  model: Module,
  runtime: Runtime | undefined,
  program: TensorFunction,
): ModelProgram {
  if (runtime) {
    const compiled = compileModel(model, program, { runtime });
    return { run: (inputs) => compiled(inputs), release: () => compiled.release() };
  }
  return {
    async run(inputs) {
      const results = inEvaluationMode(model, () => tf.tidy(() => program(toTensors(inputs))));
      const entries = Object.entries(results).map(
        async ([name, tensor]) => [name, await toTensorData(tensor)] as const,
      );
      const values = Object.fromEntries(await Promise.all(entries));
      tf.dispose(results);
      return values;
    },
    release: async () => {},
  };
}
