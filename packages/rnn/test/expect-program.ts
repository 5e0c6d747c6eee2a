import * as tf from '@tensorflow/tfjs-core';
import {
  compile,
  compileTrainStep,
  eagerTrainStep,
  type LossFunction,
  type Runtime,
  type TensorData,
  tensorData,
  toTensorData,
  toTensors,
} from '@wordloom/compile';
import { expect } from 'vitest';

/** A tensor as fixtures write it. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}

/** What PyTorch computed of some tensors, and the gradients of the result weighted by cos 0, cos 1, … and summed. */
export interface ProgramGolden {
  /** These have a gradient. */
  readonly inputs: Readonly<Record<string, PlainTensor>>;
  readonly constants: Readonly<Record<string, PlainTensor>>;
  readonly value: PlainTensor;
  readonly gradients: Readonly<Record<string, PlainTensor>>;
}

export type Program = (tensors: Record<string, tf.Tensor>) => tf.Tensor;

/** Runs a program eagerly and compiled, forward and backward, and compares all of it with a golden, to 1e-5. */
export async function expectProgram(
  program: Program,
  { inputs, constants, value, gradients }: ProgramGolden,
  runtime: Runtime,
): Promise<void> {
  const parameters = tensorsOf(inputs);
  const batch = tensorsOf(constants);
  const eager = tf.tidy(() => program(toTensors({ ...parameters, ...batch })));
  const compiled = compile((tensors) => ({ result: program(tensors) }), { runtime });
  for (const result of [await toTensorData(eager), (await compiled({ ...parameters, ...batch })).result!]) {
    expect(result.shape).toEqual(value.shape);
    expectClose(result.data, value.data, 'value');
  }
  await compiled.release();

  const loss: LossFunction = (tensors, batch) => weightedSum(program({ ...tensors, ...batch }));
  const options = { parameters, batch };
  const compiledStep = await compileTrainStep(loss, { ...options, runtime });
  for (const step of [eagerTrainStep(loss, options), compiledStep]) {
    await step.run(batch);
    for (const [name, { data }] of Object.entries(gradients)) {
      expectClose(step.gradients[name]!, data, `gradient of ${name}`);
    }
    await step.release();
  }
}

/** Every element within 1e-5, relative to elements above 1. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const error = Math.abs(actual[index]! - expected[index]!) / Math.max(1, Math.abs(expected[index]!));
    expect(error, `${what} ${index}: ${actual[index]} for ${expected[index]}`).toBeLessThanOrEqual(1e-5);
  }
}

function weightedSum(result: tf.Tensor): tf.Scalar {
  const weights = Float32Array.from({ length: result.size }, (_, index) => Math.cos(index));
  return tf.sum(tf.mul(result, tf.tensor(weights, result.shape)));
}

function tensorsOf(tensors: Readonly<Record<string, PlainTensor>>): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, dtype, shape }]) => [
      name,
      tensorData(dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data), shape),
    ]),
  );
}
