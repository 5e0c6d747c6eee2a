import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import {
  compileTrainStep,
  eagerTrainStep,
  type LossFunction,
  RandomStream,
  type Runtime,
  type TensorData,
  tensorData,
} from '../src/index.ts';
import { nodeRuntime } from '../src/node.ts';

const random = new RandomStream(5);

/** Standard normal numbers, others at each call. */
export function normal(...shape: number[]): TensorData {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return tensorData(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

/** A sum with unequal weights, so that no gradient is all ones. */
export const weighted = (x: tf.Tensor): tf.Scalar =>
  tf.sum(tf.mul(x, tf.reshape(tf.cos(tf.range(0, x.size, 1)), x.shape)));

/** The compiled step has the eager loss and gradients. */
export async function expectEqualSteps(
  loss: LossFunction,
  parameters: Record<string, TensorData>,
  runtime: Promise<Runtime> = nodeRuntime({ threads: 2 }),
): Promise<void> {
  const draw = { seed: 1, step: 2 };
  const eager = eagerTrainStep(loss, { parameters, batch: {} });
  const compiled = await compileTrainStep(loss, { parameters, batch: {}, runtime: await runtime });
  const expected = await eager.run({}, draw);
  expect(await compiled.run({}, draw)).toBeCloseTo(expected, 4);
  for (const [name, gradient] of Object.entries(eager.gradients)) {
    gradient.forEach((value, index) => {
      const difference = Math.abs(compiled.gradients[name]![index]! - value);
      expect(difference / (1 + Math.abs(value)), `${name}[${index}]`).toBeLessThan(2e-5);
    });
  }
  await compiled.release();
}
