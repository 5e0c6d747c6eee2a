import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { RandomStream, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { AdamW, leakCheck, train } from '@wordloom/nn-core';
import { describe, expect, test } from 'vitest';
import {
  Lstm,
  Rnn,
  SequenceClassifier,
  type SequenceClassifierConfig,
  stateGradientNorms,
} from '../src/index.ts';

const CONFIG: SequenceClassifierConfig = { vocabSize: 9, embeddingSize: 5, hiddenSize: 6, classCount: 2 };
const POOLINGS = ['last', 'mean', 'max', 'attention'] as const;

describe('SequenceClassifier', () => {
  test.each(POOLINGS)('%s: what stands after a sequence has no effect', (pooling) => {
    const model = new SequenceClassifier({ ...CONFIG, pooling, layerCount: 2 }, { seed: 1 }).eval();
    const lengths = tf.tensor1d([3, 5, 1], 'int32');
    const rows = [
      [1, 2, 3, 4, 4],
      [5, 6, 7, 8, 1],
      [2, 8, 8, 8, 8],
    ];
    const all = model.forward(tf.tensor2d(rows, [3, 5], 'int32'), lengths).arraySync() as number[][];
    for (const [index, length] of [3, 5, 1].entries()) {
      const alone = model.forward(tf.tensor2d([rows[index]!.slice(0, length)], [1, length], 'int32'));
      for (const [at, value] of (alone.arraySync() as number[][])[0]!.entries()) {
        expect(all[index]![at]).toBeCloseTo(value, 5);
      }
    }
  });

  test.each(POOLINGS)('%s: learns whether the first word is among the later ones', async (pooling) => {
    const random = new RandomStream(4);
    const [count, time] = [64, 6];
    const inputs = new Int32Array(count * time);
    const lengths = Int32Array.from({ length: count }, () => 3 + random.integer(4));
    const labels = new Int32Array(count);
    for (let row = 0; row < count; row++) {
      for (let at = 0; at < time; at++) inputs[row * time + at] = random.integer(9);
      const later = inputs.subarray(row * time + 1, row * time + lengths[row]!);
      labels[row] = later.includes(inputs[row * time]!) ? 1 : 0;
    }
    const model = new SequenceClassifier({ ...CONFIG, pooling, hiddenSize: 16 }, { seed: 2 });
    const batch = {
      inputs: tensorData(inputs, [count, time]),
      lengths: tensorData(lengths, [count]),
      labels: tensorData(labels, [count]),
    };
    const losses: number[] = [];
    const optimizer = new AdamW(model.namedParameters(), { learningRate: 0.02, weightDecay: 0 });
    const options = { steps: 80, optimizer, runtime: await nodeRuntime({ threads: 1 }) };
    for await (const event of train(model, { batch: () => batch }, options)) {
      if (event.type === 'step-end') losses.push(event.loss);
    }
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(losses.at(-1)).toBeLessThan(0.1);
  });

  test('bad configurations and batches are named, and nothing is left behind', async () => {
    expect(() => new SequenceClassifier({ ...CONFIG, pooling: 'first' as 'last' })).toThrow('got "first"');
    expect(() => new SequenceClassifier({ ...CONFIG, classCount: 0 })).toThrow(
      'classCount must be a positive',
    );
    const model = new SequenceClassifier({ ...CONFIG, pooling: 'attention' });
    const ids = tf.zeros([2, 3], 'int32');
    expect(() => model.loss({ inputs: ids })).toThrow('no labels');
    expect(() => model.forward(tf.zeros([3], 'int32'))).toThrow('got [3]');
    expect(() => model.forward(ids, tf.zeros([3], 'int32'))).toThrow(
      'lengths must be int32 [2], got int32 [3]',
    );
    expect(await leakCheck(() => model.forward(ids))).toMatchObject({ passed: true });
  });
});

describe('gradients of hidden states', () => {
  const x = tf.randomNormal([2, 12, 3], 0, 1, 'float32', 5);

  test('are those of finite differences', () => {
    const network = new Lstm(3, 4, { layerCount: 2, random: new RandomStream(1) });
    const loss = ({ outputs }: { outputs: tf.Tensor }): tf.Tensor => tf.sum(tf.square(outputs));
    const norms = stateGradientNorms(network, x, loss);
    expect(norms.map((row) => row.length)).toEqual([12, 12]);
    const at = (row: number, time: number, delta: number, place: number): number => {
      const values = new Float32Array(2 * 12 * 2 * 4);
      values[((row * 12 + time) * 2 + Math.floor(place / 4)) * 4 + (place % 4)] = delta;
      return loss(network.forward(x, { probe: tf.tensor(values, [2, 12, 2, 4]) })).dataSync()[0]!;
    };
    for (const [row, time] of [
      [0, 4],
      [1, 9],
    ] as const) {
      const slopes = Array.from(
        { length: 8 },
        (_, place) => (at(row, time, 0.02, place) - at(row, time, -0.02, place)) / 0.04,
      );
      expect(norms[row]![time]! / Math.hypot(...slopes)).toBeCloseTo(1, 2);
    }
  });

  test('vanish in a plain network from the last step to the first, and less in one with large weights', () => {
    const ratioOf = (scale: number): number => {
      const initializer = (shape: readonly number[], random: RandomStream): Float32Array =>
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal() * scale);
      const network = new Rnn(3, 8, { initializer, random: new RandomStream(3) });
      const [norms] = stateGradientNorms(network, x, ({ state }) => tf.sum(state.hidden!));
      return norms![0]! / norms!.at(-1)!;
    };
    expect(ratioOf(0.1)).toBeLessThan(1e-4);
    expect(ratioOf(0.5)).toBeGreaterThan(100 * ratioOf(0.1));
  });
});
