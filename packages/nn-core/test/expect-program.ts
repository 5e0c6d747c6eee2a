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
import { expectClose, type PlainTensor } from './pytorch.ts';

/** A tensor with its type, as fixtures write it. */
export interface TypedTensor extends PlainTensor {
  readonly dtype: string;
}

/** What PyTorch computed of some tensors, and the gradients of the result weighted by cos 0, cos 1, … and summed. */
export interface ProgramGolden {
  /** These have a gradient. */
  readonly inputs: Readonly<Record<string, TypedTensor>>;
  readonly constants: Readonly<Record<string, TypedTensor>>;
  readonly value: TypedTensor;
  readonly gradients: Readonly<Record<string, TypedTensor>>;
}

export type Program = (tensors: Record<string, tf.Tensor>) => tf.Tensor;

/** Runs a program eagerly and compiled, forward and backward, and compares all of it with a golden. */
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
    expectClose(result.data, value.data);
  }
  await compiled.release();

  const loss: LossFunction = (tensors, batch) => weightedSum(program({ ...tensors, ...batch }));
  const options = { parameters, batch };
  const compiledStep = await compileTrainStep(loss, { ...options, runtime });
  for (const step of [eagerTrainStep(loss, options), compiledStep]) {
    await step.run(batch);
    for (const [name, { data }] of Object.entries(gradients)) expectClose(step.gradients[name]!, data);
    await step.release();
  }
}

function weightedSum(result: tf.Tensor): tf.Scalar {
  if (result.rank === 0) return result as tf.Scalar;
  const weights = Float32Array.from({ length: result.size }, (_, index) => Math.cos(index));
  return tf.sum(tf.mul(result, tf.tensor(weights, result.shape)));
}

function tensorsOf(tensors: Readonly<Record<string, TypedTensor>>): Record<string, TensorData> {
  const arrays = { int32: Int32Array, bool: Uint8Array, float32: Float32Array };
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, dtype, shape }]) => [
      name,
      tensorData(arrays[dtype as keyof typeof arrays].from(data), shape),
    ]),
  );
}
