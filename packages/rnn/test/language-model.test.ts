import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { nodeRuntime } from '@wordloom/compile/node';
import { AdamW, leakCheck, SGD, train } from '@wordloom/nn-core';
import { describe, expect, test } from 'vitest';
import { CarriedStateTraining, carriedWindows, RecurrentLanguageModel } from '../src/index.ts';

const SIZES = { vocabSize: 7, embeddingSize: 4, hiddenSize: 6, layerCount: 2 };
/** 0 1 2 3 4 5 6 0 1 … with a turn, so that a state is worth something. */
const TOKENS = Int32Array.from({ length: 400 }, (_, place) =>
  place % 20 < 10 ? place % 7 : (place * 3) % 7,
);

describe('RecurrentLanguageModel', () => {
  test.each(['lstm', 'gru', 'rnn', 'rnn-relu'] as const)(
    '%s: a window in two parts is as the whole',
    (cell) => {
      const model = new RecurrentLanguageModel({ ...SIZES, cell }, { seed: 1 }).eval();
      const ids = tf.tensor2d([...TOKENS.subarray(0, 16)], [2, 8], 'int32');
      const whole = model.forward(ids).logits;
      const first = model.forward(tf.slice(ids, [0, 0], [2, 5]));
      const second = model.forward(tf.slice(ids, [0, 5], [2, 3]), first.state);
      const parts = tf.concat([first.logits, second.logits], 1);
      expect(tf.max(tf.abs(tf.sub(whole, parts))).dataSync()[0]).toBeLessThan(1e-6);
      expect(whole.shape).toEqual([2, 8, 7]);
    },
  );

  test('a tied model has one table, and its last layer the size of an embedding', () => {
    const model = new RecurrentLanguageModel({ ...SIZES, tied: true });
    expect(model.outputWeight).toBe(model.embedding.weight);
    expect(model.layers.map(({ hiddenSize }) => hiddenSize)).toEqual([6, 4]);
    expect([...model.namedParameters().keys()]).not.toContain('outputWeight');
  });

  test('the loss is the mean of the negative logarithms of the targets’ probabilities', () => {
    const model = new RecurrentLanguageModel(SIZES, { seed: 2 });
    const inputs = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
    const targets = tf.tensor2d([2, 3, 4, 5, 6, 0], [2, 3], 'int32');
    const probabilities = tf.softmax(model.forward(inputs).logits).arraySync() as number[][][];
    const nats = (targets.arraySync() as number[][]).flatMap((row, b) =>
      row.map((target, t) => -Math.log(probabilities[b]![t]![target]!)),
    );
    const mean = nats.reduce((sum, value) => sum + value, 0) / nats.length;
    expect((model.loss({ inputs, targets }) as tf.Scalar).dataSync()[0]).toBeCloseTo(mean, 5);
  });

  test('regularization adds α mean h² and β mean (hₜ₊₁ − hₜ)² in training, and the loss alone is reported', async () => {
    const rates = { activationRegularization: 2, temporalRegularization: 3 };
    const model = new RecurrentLanguageModel({ ...SIZES, ...rates }, { seed: 3 });
    const batch = {
      inputs: tf.tensor2d([1, 2, 3], [1, 3], 'int32'),
      targets: tf.tensor2d([2, 3, 4], [1, 3], 'int32'),
    };
    const { raw } = model.transform(batch.inputs);
    const rows = tf.squeeze(raw, [1]).arraySync() as number[][];
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = mean(rows.flat().map((value) => value ** 2));
    const changes = mean(
      rows.slice(1).flatMap((row, t) => row.map((value, at) => (value - rows[t]![at]!) ** 2)),
    );
    const { loss, crossEntropy } = model.loss(batch) as Record<string, tf.Scalar>;
    const [all, alone] = [loss!.dataSync()[0]!, crossEntropy!.dataSync()[0]!];
    expect(all - alone).toBeCloseTo(2 * squares + 3 * changes, 5);
    expect((model.eval().loss(batch) as tf.Scalar).dataSync()[0]).toBeCloseTo(alone, 5);
  });

  test('bad configurations and batches are named', () => {
    expect(() => new RecurrentLanguageModel({ ...SIZES, layerCount: 0 })).toThrow(
      'layerCount must be a positive',
    );
    expect(() => new RecurrentLanguageModel({ ...SIZES, dropout: 1 })).toThrow(
      'inputDropout must be in [0, 1), got 1',
    );
    expect(() => new RecurrentLanguageModel({ ...SIZES, cell: 'elman' as 'rnn' })).toThrow('got "elman"');
    expect(() => new RecurrentLanguageModel(SIZES).loss({ inputs: tf.zeros([1, 1], 'int32') })).toThrow(
      'no targets',
    );
    expect(() => new RecurrentLanguageModel(SIZES).forward(tf.zeros([3], 'int32'))).toThrow('got [3]');
  });
});

describe('truncated back-propagation', () => {
  test('every stream goes on where it ended, and the text begins anew without a state', () => {
    const source = carriedWindows(TOKENS.subarray(0, 31), { batchSize: 3, contextLength: 4 });
    expect(source.stepsPerEpoch).toBe(2);
    const [first, second, third] = [0, 1, 2].map((step) => source.batch(step));
    expect([...second!.inputs!.data]).toEqual([4, 14, 24].flatMap((at) => [...TOKENS.subarray(at, at + 4)]));
    expect([...second!.targets!.data]).toEqual(
      [4, 14, 24].flatMap((at) => [...TOKENS.subarray(at + 1, at + 5)]),
    );
    expect([first, second, third].map((batch) => batch!.carry!.data[0])).toEqual([0, 1, 0]);
    expect(third!.inputs!.data).toEqual(first!.inputs!.data);
    expect(() => carriedWindows(TOKENS.subarray(0, 12), { batchSize: 3, contextLength: 4 })).toThrow(
      'got 12',
    );
  });

  test('with a learning rate of zero, losses of windows add up to that of the whole text', async () => {
    const model = new RecurrentLanguageModel(SIZES, { seed: 5 });
    const training = new CarriedStateTraining(model, { batchSize: 2 });
    const source = carriedWindows(TOKENS.subarray(0, 41), { batchSize: 2, contextLength: 5 });
    const optimizer = new SGD(training.namedParameters(), { learningRate: 0 });
    const losses: number[] = [];
    for await (const event of train(training, source, {
      steps: 8,
      optimizer,
      runtime: await nodeRuntime(),
    })) {
      if (event.type === 'step-end') losses.push(event.loss);
    }
    const whole = (offset: number) =>
      tf.tensor2d(
        [...TOKENS.subarray(offset, offset + 20), ...TOKENS.subarray(offset + 20, offset + 40)],
        [2, 20],
        'int32',
      );
    const loss = (model.eval().loss({ inputs: whole(0), targets: whole(1) }) as tf.Scalar).dataSync()[0]!;
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(0, 4))).toBeCloseTo(loss, 4);
    expect(losses.slice(4)).toEqual(losses.slice(0, 4));
  });

  test.each(['lstm', 'gru'] as const)(
    '%s: a text that repeats itself is learned, eager and compiled alike',
    async (cell) => {
      const losses = await Promise.all(
        [await nodeRuntime({ threads: 1 }), undefined].map(async (runtime) => {
          const model = new RecurrentLanguageModel(
            { ...SIZES, cell, dropout: 0.1, locked: true, embeddingDropout: 0.1, weightDropout: 0.1 },
            { seed: 6 },
          );
          const training = new CarriedStateTraining(model, { batchSize: 4 });
          const source = carriedWindows(TOKENS, { batchSize: 4, contextLength: 6 });
          const optimizer = new AdamW(training.namedParameters(), { learningRate: 0.03 });
          const seen: number[] = [];
          for await (const event of train(training, source, {
            steps: runtime ? 250 : 4,
            optimizer,
            clipNorm: 1,
            seed: 3,
            ...(runtime && { runtime }),
          })) {
            if (event.type === 'step-end') seen.push(event.loss);
          }
          return seen;
        }),
      );
      const [compiled, eager] = losses as [number[], number[]];
      for (const [step, loss] of eager.entries()) expect(compiled[step]).toBeCloseTo(loss, 4);
      expect(compiled[0]).toBeGreaterThan(1.9);
      expect(Math.min(...compiled.slice(-20))).toBeLessThan(1);
    },
  );

  test('no tensor is left behind', async () => {
    const model = new RecurrentLanguageModel({ ...SIZES, tied: true });
    const ids = tf.zeros([2, 3], 'int32');
    expect(await leakCheck(() => model.forward(ids))).toMatchObject({ passed: true });
    expect(await leakCheck(() => model.loss({ inputs: ids, targets: ids }))).toMatchObject({ passed: true });
  });
});
