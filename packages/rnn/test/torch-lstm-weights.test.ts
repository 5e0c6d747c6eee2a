import '@tensorflow/tfjs-backend-cpu';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, type TensorData, tensorData, toTensors } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { loadParameters, SGD, train } from '@wordloom/nn-core';
import { readSafetensors } from '@wordloom/nn-core/node';
import { expect, test } from 'vitest';
import {
  CarriedStateTraining,
  carriedWindows,
  Lstm,
  RecurrentLanguageModel,
  torchLstmWeights,
} from '../src/index.ts';

function normal(random: RandomStream, shape: number[]): TensorData {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return tensorData(
    Float32Array.from({ length: size }, () => random.normal()),
    shape,
  );
}

test.each(['ifgo', 'fgio', 'oifg'])('gates in the order %s compute what their equations say', (gates) => {
  const random = new RandomStream(1);
  const weights = {
    kernel: normal(random, [2, 12]),
    recurrentKernel: normal(random, [3, 12]),
    bias: normal(random, [12]),
  };
  const lstm = new Lstm(2, 3);
  loadParameters(lstm, new Map(Object.entries(torchLstmWeights({ ...weights, gates }))));
  const x = normal(random, [1, 4, 2]);
  const { outputs } = lstm.forward(toTensors({ x }).x!);
  const { kernel, recurrentKernel, bias } = toTensors(weights);
  let [hidden, cell]: tf.Tensor[] = [tf.zeros([1, 3]), tf.zeros([1, 3])];
  for (let step = 0; step < 4; step++) {
    const input = tf.tensor2d(x.data.slice(step * 2, step * 2 + 2), [1, 2]);
    const all = tf.add(tf.add(tf.matMul(input, kernel!), tf.matMul(hidden!, recurrentKernel!)), bias!);
    const parts = tf.split(all, 4, 1);
    const gate = (name: string): tf.Tensor => parts[gates.indexOf(name)]!;
    cell = tf.add(tf.mul(tf.sigmoid(gate('f')), cell!), tf.mul(tf.sigmoid(gate('i')), tf.tanh(gate('g'))));
    hidden = tf.mul(tf.sigmoid(gate('o')), tf.tanh(cell));
    const row = tf.slice(outputs, [0, step, 0], [1, 1, 3]);
    expect(tf.max(tf.abs(tf.sub(tf.squeeze(row), tf.squeeze(hidden)))).dataSync()[0]).toBeLessThan(1e-6);
  }
});

test('shapes and orders that do not fit are refused', () => {
  const random = new RandomStream(1);
  const [kernel, recurrentKernel] = [normal(random, [2, 12]), normal(random, [3, 12])];
  expect(() => torchLstmWeights({ kernel, recurrentKernel, gates: 'ifgg' })).toThrow('got "ifgg"');
  expect(() => torchLstmWeights({ kernel, recurrentKernel: normal(random, [4, 12]) })).toThrow(
    'got [2,12], [4,12] and none',
  );
});

const data = process.env.WORDLOOM_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const checkpoint = `${data}/ckpt-ptb-lstm-lm`;

test.skipIf(!existsSync(checkpoint))(
  'a language model that was trained with NumPy predicts the Penn Treebank',
  async () => {
    const { tensors } = await readSafetensors(`${checkpoint}/model.safetensors`);
    const words = (await readFile(`${checkpoint}/vocab.txt`, 'utf8')).trimEnd().split('\n');
    const ids = new Map(words.map((word, id) => [word, id]));
    const text = await readFile(`${data}/ptb/ptb.valid.txt`, 'utf8');
    const tokens = Int32Array.from(
      text.trim().replaceAll('\n', ' <eos> ').split(/\s+/),
      (word) => ids.get(word)!,
    ).subarray(0, 4001);

    const model = new RecurrentLanguageModel({
      vocabSize: 10_000,
      embeddingSize: 100,
      hiddenSize: 100,
      layerCount: 1,
    });
    const lstm = torchLstmWeights({
      kernel: tensors.get('lstm.Wx')!,
      recurrentKernel: tensors.get('lstm.Wh')!,
      bias: tensors.get('lstm.b')!,
      gates: 'fgio',
    });
    const affine = tensors.get('affine.W')!; // [100, 10000]
    const output = new Float32Array(affine.data.length);
    for (let word = 0; word < 10_000; word++) {
      for (let at = 0; at < 100; at++) output[word * 100 + at] = affine.data[at * 10_000 + word]!;
    }
    loadParameters(
      model,
      new Map([
        ['embedding.weight', tensors.get('embed.W')!],
        ...Object.entries(lstm).map(([name, tensor]): [string, TensorData] => [`layers.0.${name}`, tensor]),
        ['outputWeight', tensorData(output, [10_000, 100])],
        ['outputBias', tensors.get('affine.b')!],
      ]),
    );
    const training = new CarriedStateTraining(model, { batchSize: 20 });
    const source = carriedWindows(tokens, { batchSize: 20, contextLength: 50 });
    const optimizer = new SGD(training.namedParameters(), { learningRate: 0 });
    let sum = 0;
    for await (const event of train(training, source, {
      steps: source.stepsPerEpoch,
      optimizer,
      runtime: await nodeRuntime(),
    })) {
      if (event.type === 'step-end') sum += event.loss;
    }
    const perplexity = Math.exp(sum / source.stepsPerEpoch);

    expect(perplexity).toBeCloseTo(171.0908, 2); // of the equations in NumPy, float64; over the whole split it is 140.32
  },
);
