import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  compileTrainStep,
  eagerTrainStep,
  type LossFunction,
  RandomStream,
  tensorData,
  toTensors,
  withRandomness,
} from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { AdamW, bindParameters, parameterData, seq2seqCollator, train } from '@wordloom/nn-core';
import { expect, test } from 'vitest';
import { Seq2Seq, scheduledSampling, teacherForcingSchedule } from '../src/index.ts';

const SIZES = { sourceVocabSize: 7, targetVocabSize: 6, embeddingSize: 3, hiddenSize: 4 };
const BATCH = {
  inputs: tensorData(Int32Array.of(1, 2, 3, 4, 5, 0), [2, 3]),
  mask: tensorData(Uint8Array.of(1, 1, 1, 1, 1, 0), [2, 3]),
  decoderInputs: tensorData(Int32Array.of(0, 2, 3, 4, 0, 5, 3, 2), [2, 4]),
  targets: tensorData(Int32Array.of(2, 3, 4, 1, 5, 3, 2, 1), [2, 4]),
};
const forced = (chance: number) => ({ ...BATCH, teacherForcing: tensorData(Float32Array.of(chance), [1]) });

function lossOf(model: Seq2Seq, batch: Record<string, ReturnType<typeof tensorData>>): number {
  const draw = { seed: 1, step: 0 };
  return withRandomness(draw, () => (model.loss(toTensors(batch)) as tf.Scalar).dataSync()[0]!);
}

test('with a chance of one all words are given, and in evaluation always', () => {
  const model = new Seq2Seq(SIZES, { seed: 2 });
  expect(lossOf(model, forced(1))).toBeCloseTo(lossOf(model, BATCH), 6);
  expect(lossOf(model, forced(0))).not.toBeCloseTo(lossOf(model, BATCH), 3);
  model.eval();
  expect(lossOf(model, forced(0))).toBeCloseTo(lossOf(model, BATCH), 6);
});

test('with a chance of zero the decoder reads what it predicts itself', () => {
  const model = new Seq2Seq(SIZES, { seed: 2 });
  const { data } = model.output.weight;
  for (const at of data.keys()) data[at] = data[at]! * 1e4; // so that draws are the likeliest words
  const own = [0, 1].map((row) => {
    const words = [0];
    while (words.length < 4) {
      const part = (x: tf.Tensor): tf.Tensor => tf.slice(x, [row, 0], [1, 3]);
      const { inputs, mask } = toTensors(BATCH);
      const decoderInputs = tf.tensor2d([words], [1, words.length], 'int32');
      const logits = model.forward({ inputs: part(inputs!), mask: part(mask!), decoderInputs });
      words.push((tf.argMax(logits, -1).arraySync() as number[][])[0]!.at(-1)!);
    }
    return words;
  });
  const read = { ...BATCH, decoderInputs: tensorData(Int32Array.from(own.flat()), [2, 4]) };
  expect(lossOf(model, forced(0)) / lossOf(model, read)).toBeCloseTo(1, 4);
});

test.each(['luong-general', 'none'] as const)(
  '%s: loss and gradients with sampled words are the same eager and compiled',
  async (attention) => {
    const model = new Seq2Seq({ ...SIZES, attention, dropout: 0.3 }, { seed: 2 });
    const named = model.namedParameters();
    const loss: LossFunction = (bound, given) => bindParameters(named, bound, () => model.loss(given));
    const options = { parameters: parameterData(named), batch: forced(0.5) };
    const eager = eagerTrainStep(loss, options);
    const compiled = await compileTrainStep(loss, { ...options, runtime: await nodeRuntime({ threads: 1 }) });
    const losses = new Set<string>();
    for (const step of [0, 1, 2]) {
      const draw = { seed: 3, step };
      const expected = await eager.run(forced(0.5), draw);
      losses.add(expected.toFixed(5));
      expect(await compiled.run(forced(0.5), draw)).toBeCloseTo(expected, 5);
      for (const [name, gradient] of Object.entries(eager.gradients)) {
        for (const [at, value] of gradient.entries()) {
          expect(compiled.gradients[name]![at]).toBeCloseTo(value, 5);
        }
      }
    }
    expect(losses.size).toBe(3);
    await compiled.release();
  },
);

test('schedules fall as the paper says', () => {
  const at = (options: Parameters<typeof teacherForcingSchedule>[0], steps: number[]) =>
    steps.map((step) => Number(teacherForcingSchedule(options)(step).toFixed(4)));
  expect(at({ kind: 'constant', chance: 0.7 }, [0, 9])).toEqual([0.7, 0.7]);
  expect(at({ kind: 'linear', to: 0.2, steps: 10 }, [0, 5, 10, 50])).toEqual([1, 0.6, 0.2, 0.2]);
  expect(at({ kind: 'exponential', base: 0.9 }, [0, 1, 2])).toEqual([1, 0.9, 0.81]);
  expect(at({ kind: 'inverse-sigmoid', k: 10 }, [0, 23.02585])).toEqual([0.9091, 0.5]); // half where e^(i/k) = k
  expect(() => teacherForcingSchedule({ kind: 'exponential', base: 1 })).toThrow(
    'base must be in (0, 1), got 1',
  );
  expect(() => teacherForcingSchedule({ kind: 'linear', steps: 0 })).toThrow(
    'steps must be a positive integer',
  );
});

test('a model learns with words of its own in place of given ones', async () => {
  const collate = seq2seqCollator({ padId: 0, decoderStartId: 0 });
  const rows = [
    [2, 3, 4],
    [5, 6, 2],
    [3, 6, 5],
    [4, 2, 6],
  ];
  const batch = collate(
    rows.map((source) => ({ source, target: [...source.toReversed(), 1] })),
    new RandomStream(0),
  );
  const model = new Seq2Seq(
    { sourceVocabSize: 7, targetVocabSize: 7, embeddingSize: 8, hiddenSize: 16 },
    { seed: 1 },
  );
  const data = scheduledSampling(
    { batch: () => batch },
    teacherForcingSchedule({ kind: 'linear', steps: 60, to: 0 }),
  );
  const optimizer = new AdamW(model.namedParameters(), { learningRate: 0.02, weightDecay: 0 });
  let last = Number.POSITIVE_INFINITY;
  for await (const event of train(model, data, {
    steps: 150,
    optimizer,
    runtime: await nodeRuntime({ threads: 1 }),
  })) {
    if (event.type === 'step-end') last = event.loss;
  }
  expect(last).toBeLessThan(0.2);
});
