import * as tf from '@tensorflow/tfjs-core';
import {
  compileTrainStep,
  type Draw,
  eagerTrainStep,
  RandomStream,
  type Runtime,
  type TensorData,
  withRandomness,
} from '@wordloom/compile';
import type { Batch } from '../data/batch.ts';
import { withAssignments } from '../module/model-buffer.ts';
import { Parameter } from '../module/parameter.ts';
import { parameterData } from '../module/parameter-data.ts';
import { bindParameters } from '../module/stored-tensor.ts';
import { lossAlone, type TrainableModel } from '../training/trainable-model.ts';
import { withDoublePrecision } from './double-precision.ts';
import { type NumericDerivative, numericDerivative } from './numeric-derivative.ts';

/** A scalar loss of variables, which are differentiated by, and of constants. */
export interface GradientProblem {
  readonly variables: Readonly<Record<string, TensorData>>;
  readonly constants: Readonly<Record<string, TensorData>>;
  loss(variables: Record<string, tf.Tensor>, constants: Record<string, tf.Tensor>): tf.Scalar;
}

/** The loss of a model, by its trainable parameters. */
export function modelProblem(model: TrainableModel, batch: Batch): GradientProblem {
  const stored = model.namedTensors();
  const trainable = [...stored].filter(([, tensor]) => tensor instanceof Parameter && tensor.trainable);
  return {
    variables: parameterData(new Map(trainable)),
    constants: batch,
    loss: (parameters, tensors) =>
      bindParameters(stored, parameters, () => lossAlone(withAssignments(() => model.loss(tensors)).result)),
  };
}

/** The output of a function, by its float32 inputs; weighted at random and summed if it is no scalar. */
export function functionProblem(
  program: (inputs: Record<string, tf.Tensor>) => tf.Tensor,
  inputs: Batch,
  seed: number,
): GradientProblem {
  const entries = Object.entries(inputs);
  return {
    variables: Object.fromEntries(entries.filter(([, { dtype }]) => dtype === 'float32')),
    constants: Object.fromEntries(entries.filter(([, { dtype }]) => dtype !== 'float32')),
    loss: (variables, constants) => {
      const output = program({ ...variables, ...constants });
      if (output.rank === 0) return output as tf.Scalar;
      const random = new RandomStream(seed, 0xffff_ffff);
      const weights = Float32Array.from({ length: output.size }, () => random.uniform() + 0.5);
      return tf.sum(tf.mul(output, tf.tensor(weights, output.shape)));
    },
  };
}

/** The gradients as training computes them. */
export async function analyticGradients(
  { variables, constants, loss }: GradientProblem,
  draw: Draw,
  runtime: Runtime | undefined,
): Promise<Readonly<Record<string, Float32Array>>> {
  const options = { parameters: variables, batch: constants };
  const step = runtime
    ? await compileTrainStep(loss, { ...options, runtime })
    : eagerTrainStep(loss, options);
  try {
    await step.run(constants, draw);
    return step.gradients;
  } finally {
    await step.release();
  }
}

/** A loss that can be differentiated. */
export interface DoubleLoss {
  /** @param change adds a step to the values of the variable */
  along(name: string, change: (step: number, values: Float64Array) => void): NumericDerivative;
}

/**
 * The loss in double precision, to be differentiated along changes of one variable. The active backend must be `cpu`.
 *
 * @param enough an error of a derivative that is small enough
 * @throws {RangeError} if the loss is not finite
 */
export function doubleLoss(
  { variables, constants, loss }: GradientProblem,
  draw: Draw,
  enough: number,
): DoubleLoss {
  const at = (name: string, change: (values: Float64Array) => void): number =>
    withDoublePrecision(() => {
      const toDoubles = (tensors: Readonly<Record<string, TensorData>>): Record<string, tf.Tensor> =>
        Object.fromEntries(
          Object.entries(tensors).map(([key, { data, shape, dtype }]) => {
            const values = dtype === 'float32' ? Float64Array.from(data) : data.slice();
            if (key === name) change(values as Float64Array);
            return [key, tf.tensor(values as Float32Array, [...shape], dtype)];
          }),
        );
      const parameters = toDoubles(variables);
      return withRandomness(draw, () => loss(parameters, toDoubles(constants))).dataSync()[0]!;
    });
  const value = at('', () => {});
  if (!Number.isFinite(value)) throw new RangeError(`gradientCheck: the loss must be finite, got ${value}.`);
  return {
    along(name, change) {
      const { data } = variables[name]!;
      const scale = Math.max(1e-2, rootMeanSquare(data as Float32Array));
      const lossAfter = (step: number): number =>
        step === 0 ? value : at(name, (values) => change(step, values));
      return numericDerivative(lossAfter, { scale, enough });
    },
  };
}

function rootMeanSquare(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
