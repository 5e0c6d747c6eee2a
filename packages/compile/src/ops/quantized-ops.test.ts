import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { normal, weighted } from '../../test/step-equality.ts';
import {
  compile,
  compileTrainStep,
  dequantize,
  eagerTrainStep,
  embeddingLookup,
  type LossFunction,
  linear,
  type QuantizedTensor,
  type QuantizeOptions,
  quantize,
  quantizedEmbedding,
  quantizedLinear,
  remat,
  scan,
  type TensorData,
} from '../index.ts';
import { nodeRuntime } from '../node.ts';
import { webRuntime } from '../web.ts';

const runtimes = [await nodeRuntime({ threads: 2 }), await webRuntime({ threads: 1 })];

function quantized(shape: [number, number], options: QuantizeOptions): QuantizedTensor {
  return quantize(normal(...shape).data as Float32Array, shape, options);
}

const frozen = (weight: QuantizedTensor): tf.Tensor => tf.tensor(dequantize(weight), [...weight.shape]);

/** Quantized, eager and compiled: the loss and gradients that the dequantized weights have, eager. */
async function expectSame(
  loss: LossFunction,
  plain: LossFunction,
  parameters: Record<string, TensorData>,
): Promise<void> {
  const reference = eagerTrainStep(plain, { parameters, batch: {} });
  const expected = await reference.run({});
  const compiled = runtimes.map((runtime) => compileTrainStep(loss, { parameters, batch: {}, runtime }));
  for (const step of [eagerTrainStep(loss, { parameters, batch: {} }), ...(await Promise.all(compiled))]) {
    expect(Math.abs((await step.run({})) - expected) / (1 + Math.abs(expected))).toBeLessThan(1e-5);
    for (const [name, gradient] of Object.entries(reference.gradients)) {
      gradient.forEach((value, index) => {
        const difference = Math.abs(step.gradients[name]![index]! - value);
        expect(difference / (1 + Math.abs(value)), `${name}[${index}]`).toBeLessThan(3e-5);
      });
    }
    await step.release();
  }
}

const CASES: [string, QuantizeOptions, rows: number, columns: number][] = [
  ['float16', { type: 'float16' }, 5, 7],
  ['int8', { type: 'int8', blockSize: 16 }, 6, 32],
  [
    'int8 with zero points, not a multiple of the block',
    { type: 'int8', blockSize: 16, symmetric: false },
    5,
    19,
  ],
  ['int8, an odd number of blocks', { type: 'int8', blockSize: 16 }, 5, 40],
  [
    'int8 with zero points, an odd number of blocks',
    { type: 'int8', blockSize: 16, symmetric: false },
    3,
    48,
  ],
  ['int4', { type: 'int4', blockSize: 16 }, 6, 64],
  ['int4, not a multiple of the block', { type: 'int4', blockSize: 32 }, 3, 45],
  ['int4 with zero points', { type: 'int4', blockSize: 16, symmetric: false }, 5, 40],
  ['int4, a row smaller than the block', { type: 'int4' }, 2, 3],
];

describe.each(CASES)('%s', (_, options, outputSize, inputSize) => {
  // Few rows are multiplied by packed integers, many by expanded ones.
  test.each([3, 70])(
    'the product of %i rows, and its gradients, are those with the dequantized weight',
    async (rows) => {
      const weight = quantized([outputSize, inputSize], options);
      await expectSame(
        ({ x, bias }) => weighted(quantizedLinear(x!, weight, bias)),
        ({ x, bias }) => weighted(linear(x!, frozen(weight), bias)),
        { x: normal(rows, inputSize), bias: normal(outputSize) },
      );
    },
  );

  test('rows of a table are those of the dequantized one, a tied head included', async () => {
    const table = quantized([outputSize, inputSize], options);
    const ids = (): tf.Tensor => tf.tensor2d([0, 1, 1, 0, outputSize - 1, 0], [2, 3], 'int32');
    await expectSame(
      ({ scale }) => weighted(quantizedLinear(tf.mul(quantizedEmbedding(table, ids()), scale!), table)),
      ({ scale }) => weighted(linear(tf.mul(embeddingLookup(frozen(table), ids()), scale!), frozen(table))),
      { scale: normal(inputSize) },
    );
  });
});

test('weights are expanded inside loops and parts that are computed again', async () => {
  const weight = quantized([8, 8], { type: 'int4', blockSize: 16 });
  const model =
    (multiply: (x: tf.Tensor) => tf.Tensor): LossFunction =>
    ({ x, state }) => {
      const { carry } = scan(
        ({ state }, { row }) => ({ carry: { state: tf.tanh(tf.add(row, multiply(state))) }, outputs: {} }),
        { carry: { state: state! }, inputs: { row: x! } },
      );
      return weighted(remat((state) => tf.tanh(multiply(multiply(state))), carry.state));
    };
  await expectSame(
    model((x) => quantizedLinear(x, weight)),
    model((x) => linear(x, frozen(weight))),
    { x: normal(3, 2, 8), state: normal(2, 8) },
  );
});

test('rounded activations give nearly the same product', async () => {
  const weights = {
    int8: quantized([48, 256], { type: 'int8' }),
    int4: quantized([48, 256], { type: 'int4' }),
  };
  const x = normal(2, 256);
  for (const runtime of runtimes) {
    const compiled = compile(
      ({ x }) =>
        Object.fromEntries(
          Object.entries(weights).flatMap(([type, weight]) => [
            [type, quantizedLinear(x!, weight, undefined, { roundActivations: true })],
            [`${type} exact`, quantizedLinear(x!, weight)],
          ]),
        ),
      { runtime },
    );
    const products = await compiled({ x });
    for (const type of ['int8', 'int4']) {
      const exact = products[`${type} exact`]!.data;
      const errors = Array.from(products[type]!.data, (value, index) => (value - exact[index]!) ** 2);
      const deviation = Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length);
      expect(deviation, type).toBeLessThan(0.02 * Math.sqrt(256));
    }
    await compiled.release();
  }
});

test.each(['int8', 'int4'] as const)(
  'few rows are multiplied by packed %s integers where that is fast',
  async (type) => {
    const weight = quantized([32, 32], { type });
    const product: LossFunction = ({ x }) => tf.sum(quantizedLinear(x!, weight));
    const products = runtimes.map(async (runtime) => {
      const step = await compileTrainStep(product, { parameters: { x: normal(1, 32) }, batch: {}, runtime });
      const { operators } = await step.explain();
      await step.release();
      return operators
        .filter(({ operator }) => operator === 'MatMulNBits')
        .reduce((sum, { count }) => sum + count, 0);
    });
    expect(await Promise.all(products)).toEqual([type === 'int8' ? 2 : 1, 0]);
  },
);

test('the weight stays in its arrays: the model has no copy of it', async () => {
  const weight = quantized([64, 64], { type: 'int8' });
  const models: Uint8Array[] = [];
  const [runtime] = runtimes;
  const watched = {
    name: 'watched',
    createSession: (model: Uint8Array) => {
      models.push(model);
      return runtime!.createSession(model);
    },
  };
  const loss: LossFunction = ({ x }) => tf.sum(tf.square(quantizedLinear(x!, weight)));
  const parameters = { x: normal(128, 64) };
  const step = await compileTrainStep(loss, { parameters, batch: {}, runtime: watched });
  expect(models[0]!.length).toBeLessThan(weight.byteLength);
  const before = await step.run({});
  weight.data.fill(0);
  expect(await step.run({}), 'it is read at every run').not.toBe(before);
  await step.release();
});

test('no tensor is left behind', () => {
  const weight = quantized([4, 20], { type: 'int4' });
  const x = tf.zeros([2, 20]);
  const ids = tf.tensor1d([1, 2], 'int32');
  const before = tf.memory().numTensors;
  tf.dispose([quantizedLinear(x, weight), quantizedEmbedding(weight, ids)]);
  expect(tf.memory().numTensors).toBe(before);
});

test('wrong arguments are refused with what was expected', () => {
  const weight = quantized([4, 20], { type: 'int4' });
  expect(() => quantizedLinear(tf.zeros([2, 21]), weight)).toThrow('got [2,21], [4,20] and none');
  expect(() => quantizedEmbedding(weight, tf.zeros([2]))).toThrow('ids must be int32, got float32');
  const vector = quantize(new Float32Array(16), [16], { type: 'int8' });
  expect(() => quantizedEmbedding(vector, tf.zeros([2], 'int32'))).toThrow('must be [rows, size], got [16]');
});
