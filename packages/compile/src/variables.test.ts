import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { ensureGradients } from './gradients/ensure-gradients.ts';
import { toTensorData } from './host-tensors.ts';
import { nodeRuntime } from './node.ts';
import { compileTrainStep, eagerTrainStep, type TrainStepOptions } from './train-step.ts';
import { assignVariables, variableData } from './variables.ts';

const runtime = await nodeRuntime({ threads: 1 });

function layersModel() {
  const model = sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'tanh' }),
      layers.dense({ units: 3 }),
    ],
  });
  const variables = Object.fromEntries(
    model.trainableWeights.map((weight) => [weight.name, weight.read() as tf.Variable]),
  );
  const loss = (x: tf.Tensor, y: tf.Tensor) =>
    tf.losses.softmaxCrossEntropy(y, model.apply(x) as tf.Tensor) as tf.Scalar;
  return { model, variables, loss };
}

const x = tf.randomNormal([4, 6, 6, 1], 0, 1, 'float32', 1);
const y = tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), 3, 1, 0, 'float32');
const batch = { x: await toTensorData(x), y: await toTensorData(y) };

test.each(['compiled', 'eager'])('a Layers model has the gradients of its variables, %s', async (mode) => {
  ensureGradients();
  const { variables, loss } = layersModel();
  const expected = tf.variableGrads(() => loss(x, y), Object.values(variables));
  const options: TrainStepOptions = { parameters: await variableData(variables), variables, batch };
  const program = (_: unknown, { x, y }: Record<string, tf.Tensor>) => loss(x!, y!);
  const step =
    mode === 'compiled'
      ? await compileTrainStep(program, { ...options, runtime })
      : eagerTrainStep(program, options);
  expect(await step.run(batch)).toBeCloseTo(expected.value.dataSync()[0]!, 5);
  for (const [name, variable] of Object.entries(variables)) {
    const gradient = step.gradients[name]!;
    expected.grads[variable.name]!.dataSync().forEach((value, index) => {
      expect(gradient[index], name).toBeCloseTo(value, 5);
    });
  }
  await step.release();
});

test('trained parameters go back into the variables, all or none', async () => {
  const { model, variables, loss } = layersModel();
  const parameters = await variableData(variables);
  const step = await compileTrainStep((_, { x, y }) => loss(x!, y!), {
    runtime,
    parameters,
    variables,
    batch,
  });
  const before = loss(x, y).dataSync()[0]!;
  expect(await step.run(batch)).toBeCloseTo(before, 5);
  for (const [name, { data }] of Object.entries(parameters)) {
    data.forEach((value, index) => {
      data[index] = value - 0.1 * step.gradients[name]![index]!;
    });
  }
  const after = await step.run(batch);
  expect(after).toBeLessThan(before);
  expect(loss(x, y).dataSync()[0], 'the variables have not moved yet').toBe(before);

  const [first] = Object.keys(parameters);
  const { [first!]: _, ...others } = parameters;
  expect(() => assignVariables(variables, others)).toThrow(
    `assignVariables: the parameter "${first}" must be float32`,
  );
  expect(loss(x, y).dataSync()[0]).toBe(before);
  assignVariables(variables, parameters);
  expect(loss(x, y).dataSync()[0]).toBeCloseTo(after, 5);
  expect((model.predict(x) as tf.Tensor).shape).toEqual([4, 3]);
  await step.release();
});
