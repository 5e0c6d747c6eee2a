import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { compileTrainStep, eagerTrainStep, type TrainStep } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { AdamW, bindParameters, parameterData, randomWindows, train } from '@wordloom/nn-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose, type GptGolden, readGptGolden } from '../../test/goldens.ts';
import { Gpt } from './gpt.ts';
import type { GptConfig } from './gpt-config.ts';

const small = { vocabSize: 7, contextLength: 6, embeddingSize: 8, headCount: 2, layerCount: 2 };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

async function trainStepOf({ model, inputs, targets }: GptGolden, compiled: boolean): Promise<TrainStep> {
  const parameters = model.namedParameters();
  const options = { parameters: parameterData(parameters), batch: { inputs, targets } };
  const loss = (tensors: Record<string, tf.Tensor>, batch: Record<string, tf.Tensor>): tf.Scalar =>
    bindParameters(parameters, tensors, () => model.loss(batch));
  return compiled
    ? compileTrainStep(loss, { ...options, runtime: await nodeRuntime() })
    : eagerTrainStep(loss, options);
}

describe.each([
  ['exact GELU without biases', () => readGptGolden('gpt-exact-gelu.safetensors', 'gelu', false)],
  ['GELU by tanh with biases', () => readGptGolden('gpt-gelu-new.safetensors', 'gelu_new', true)],
])('a GPT with %s', (_, read) => {
  const golden = read();

  it('has the logits of PyTorch', () => {
    const { inputs, logits, model } = golden;
    const actual = tf.tidy(() =>
      model.forward(tf.tensor(inputs.data, [...inputs.shape], 'int32')).dataSync(),
    );
    expectClose(actual, logits.data, 1e-5);
  });

  it.each([false, true])('has the loss and every gradient of PyTorch (compiled: %s)', async (compiled) => {
    const { inputs, targets, loss, gradient } = golden;
    const step = await trainStepOf(golden, compiled);
    expect(await step.run({ inputs, targets })).toBeCloseTo(loss, 5);
    for (const [name, actual] of Object.entries(step.gradients)) {
      const { tensor, transposed } = gradient(name);
      const expected = tf.tidy(() => {
        const values = tf.tensor(tensor.data as Float32Array, [...tensor.shape]);
        return (transposed ? tf.transpose(values) : values).dataSync();
      });
      expectClose(actual, expected, 1e-5);
    }
    await step.release();
  });
});

describe('Gpt', () => {
  const ids = (...rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, 'int32');

  it('sees only the past: a later token changes no earlier logits', () => {
    const model = new Gpt({ ...small, bias: false });
    const [a, b] = [ids([1, 2, 3, 4]), ids([1, 2, 3, 6])].map(
      (x) => model.forward(x).arraySync() as number[][][],
    );
    expectClose(a![0]!.slice(0, 3).flat(), b![0]!.slice(0, 3).flat(), 1e-6);
    expect(a![0]![3]).not.toEqual(b![0]![3]);
  });

  it('counts the tied embedding once: GPT-2 small has 124 439 808 weights', () => {
    // 50257·768 + 1024·768 + 12 (2·2·768 + 768·2304 + 2304 + 768·768 + 768 + 2·768·3072 + 3072 + 768) + 2·768,
    // here by the same formula at a size that fits a test
    const { embeddingSize: c, layerCount } = small;
    const block = 2 * 2 * c + 3 * c * c + 3 * c + c * c + c + 8 * c * c + 4 * c + c;
    expect(new Gpt(small).parameterCount()).toBe(7 * c + 6 * c + layerCount * block + 2 * c);
  });

  it('starts with GPT-2 deviations, from its seed alone', () => {
    const config = { vocabSize: 50, contextLength: 40, embeddingSize: 64, headCount: 2, layerCount: 2 };
    const deviation = (model: Gpt, name: string): number => {
      const { data } = model.namedParameters().get(name)!;
      return Math.sqrt(data.reduce((total, value) => total + value * value, 0) / data.length);
    };
    const model = new Gpt(config, { seed: 3 });
    expect(deviation(model, 'tokenEmbedding.weight')).toBeCloseTo(0.02, 3);
    expect(deviation(model, 'blocks.1.attention.queryKeyValue.weight')).toBeCloseTo(0.02, 3);
    expect(deviation(model, 'blocks.1.attention.output.weight')).toBeCloseTo(0.01, 3);
    expect(deviation(model, 'blocks.0.feedForward.contract.weight')).toBeCloseTo(0.01, 3);
    expect(model.tokenEmbedding.weight.data).toEqual(new Gpt(config, { seed: 3 }).tokenEmbedding.weight.data);
    expect(model.tokenEmbedding.weight.data).not.toEqual(new Gpt(config).tokenEmbedding.weight.data);
    const [first, second] = model.blocks;
    expect(first!.feedForward.expand.weight.data).not.toEqual(second!.feedForward.expand.weight.data);
  });

  it('learns a repeating text by heart, with dropout and compiled', async () => {
    const model = new Gpt({ ...small, dropout: 0.05 }, { seed: 1 });
    const tokens = Int32Array.from({ length: 120 }, (_, index) => [0, 3, 1, 4, 1, 5][index % 6]!);
    let last = Infinity;
    for await (const event of train(
      model,
      randomWindows(tokens, { batchSize: 8, contextLength: 6, seed: 0 }),
      {
        steps: 150,
        optimizer: new AdamW(model.namedParameters(), { learningRate: 0.01 }),
        runtime: await nodeRuntime(),
      },
    )) {
      if (event.type === 'step-end') last = event.loss;
    }
    expect(last).toBeLessThan(0.5); // log 7 = 1.95 at the start; only the first position can be unsure
  });

  it('leaves no tensors behind', () => {
    const model = new Gpt(small);
    const inputs = ids([1, 2, 3]);
    const before = tf.memory().numTensors;
    model.loss({ inputs, targets: inputs }).dispose();
    model.forward(inputs).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each<[Partial<GptConfig>, string]>([
    [{ vocabSize: 0 }, 'Gpt: vocabSize must be a positive integer, got 0.'],
    [{ layerCount: 1.5 }, 'Gpt: layerCount must be a positive integer, got 1.5.'],
    [{ headCount: 3 }, 'Gpt: embeddingSize must be a multiple of headCount (3), got 8.'],
    [{ dropout: 1 }, 'Gpt: dropout must be a number in [0, 1), got 1.'],
    [{ activation: 'relu' as 'gelu' }, "Gpt: activation must be 'gelu' or 'gelu_new', got relu."],
    [{ normEpsilon: 0 }, 'Gpt: normEpsilon must be a number between 0 and 1, got 0.'],
  ])('refuses the configuration %o', (change, message) => {
    expect(() => new Gpt({ ...small, ...change })).toThrow(new RangeError(message));
  });

  it('refuses ids it has no positions for, and ids that are not a matrix', () => {
    const model = new Gpt(small);
    expect(() => model.forward(ids([0, 1, 2, 3, 4, 5, 6]))).toThrow(
      'Gpt.forward: ids must have at most contextLength = 6 positions, got 7. Keep the last 6, or build the model with a longer context.',
    );
    expect(() => model.forward(tf.tensor1d([1, 2], 'int32'))).toThrow(
      'Gpt.forward: ids must be [batch, time], got [2].',
    );
    expect(() => model.loss({ inputs: ids([1]) })).toThrow(
      'Gpt.loss: batch must have inputs and targets, got no targets.',
    );
  });
});
