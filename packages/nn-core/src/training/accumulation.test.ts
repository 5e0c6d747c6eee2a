import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Runtime, tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { beforeAll, expect, test } from 'vitest';
import { MaskedBigram } from '../../test/masked-bigram.ts';
import { type Batch, type BatchSource, IGNORED_TARGET } from '../data/batch.ts';
import { microBatches } from '../data/micro-batches.ts';
import { SGD } from '../optimizers/sgd.ts';
import { evaluate } from './evaluate.ts';
import { train } from './train.ts';
import type { TrainEvent } from './train-event.ts';
import type { TrainOptions } from './train-options.ts';

/** Four rows, of which the second half has one target that counts and the first half eight. */
function unevenBatch(step: number): Batch {
  const inputs = Int32Array.from({ length: 16 }, (_, index) => (index * 3 + step) % 7);
  const targets = inputs.map((token, index) => (index < 9 ? (token + 1) % 7 : IGNORED_TARGET));
  return { inputs: tensorData(inputs, [4, 4]), targets: tensorData(targets, [4, 4]) };
}

async function run(data: BatchSource, options: Partial<TrainOptions> = {}) {
  const model = new MaskedBigram();
  const optimizer = new SGD(model.namedParameters(), { learningRate: 0.5 });
  const events: TrainEvent[] = [];
  for await (const event of train(model, data, { steps: 3, optimizer, ...options })) events.push(event);
  return { events, weights: model.parameters().flatMap(({ data }) => [...data]) };
}

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime({ threads: 1 });
});

test.each([2, 4])(
  '%i micro-batches make the loss, the gradients and the weights of the whole batch, however unevenly their targets count',
  async (count) => {
    const data: BatchSource = { batch: unevenBatch };
    const whole = await run(data, { runtime });
    const parts = await run(microBatches(data, count), { accumulation: count, runtime });
    const steps = ({ events }: typeof whole) => events.filter((event) => event.type === 'step-end');
    for (const [index, expected] of steps(whole).entries()) {
      const step = steps(parts)[index]!;
      expect(step.loss).toBeCloseTo(expected.loss, 6);
      expect(step.gradientNorm).toBeCloseTo(expected.gradientNorm, 5);
      expect(step.tokenCount).toBe(9);
    }
    for (const [index, weight] of parts.weights.entries())
      expect(weight).toBeCloseTo(whole.weights[index]!, 6);
  },
);

test('the mean of the micro-batches would be another loss', async () => {
  const halves = microBatches({ batch: unevenBatch }, 2);
  const losses = await Promise.all(
    [0, 1].map(async (part) => {
      const { events } = await run({ batch: () => halves.batch(part) }, { steps: 1 });
      return events.find((event) => event.type === 'step-end')!.loss;
    }),
  );
  const { events } = await run(halves, { accumulation: 2, steps: 1 });
  const { loss } = events.find((event) => event.type === 'step-end')!;
  expect(loss).toBeCloseTo((8 * losses[0]! + losses[1]!) / 9, 6);
  expect(Math.abs(loss - (losses[0]! + losses[1]!) / 2)).toBeGreaterThan(1e-3);
});

test('without targets, micro-batches weigh the same unless targetCount says otherwise', async () => {
  class Rows extends MaskedBigram {
    override loss({ inputs, labels }: Parameters<MaskedBigram['loss']>[0]) {
      return super.loss({ inputs: inputs!, targets: labels! });
    }
  }
  const data: BatchSource = {
    batch: (step) => {
      const { inputs, targets } = unevenBatch(0);
      const part = step % 2 === 0 ? [0, 8] : [8, 16];
      return {
        inputs: tensorData(inputs!.data.slice(...part), [8]),
        labels: tensorData(targets!.data.slice(...part), [8]),
      };
    },
  };
  const losses: number[] = [];
  const counted = (batch: Batch) => batch.labels!.data.filter((label) => label >= 0).length;
  for (const options of [{}, { accumulation: 2 }, { accumulation: 2, targetCount: counted }]) {
    const model = new Rows();
    for await (const event of train(model, data, { steps: 1, ...options })) {
      if (event.type === 'step-end') losses.push(event.loss);
    }
  }
  const [first, even, weighted] = losses as [number, number, number];
  const second = 2 * even - first;
  expect(weighted).toBeCloseTo((8 * first + second) / 9, 5);
});

test('a batch of another shape is compiled when it comes, once', async () => {
  const rows = (step: number) => (step % 3 === 2 ? 2 : 4);
  const data: BatchSource = {
    async batch(step) {
      const { inputs, targets } = unevenBatch(step);
      const cut = ({ data }: { data: ArrayLike<number> }) =>
        tensorData(Int32Array.from(data).slice(0, 4 * rows(step)), [rows(step), 4]);
      return { inputs: cut(inputs!), targets: cut(targets!) };
    },
  };
  const { events } = await run(data, { steps: 7, runtime });
  expect(events.map(({ type }) => type)).toEqual([
    'compile-end',
    'step-end',
    'step-end',
    'compile-end',
    ...Array.from({ length: 5 }, () => 'step-end'),
    'train-end',
  ]);
});

test('a batch in which no target counts is no step', async () => {
  const { inputs, targets } = unevenBatch(0);
  const empty = { inputs: inputs!, targets: tensorData(new Int32Array(16).fill(IGNORED_TARGET), [4, 4]) };
  await expect(run({ batch: () => empty })).rejects.toThrow('got loss NaN at step 0');
  // Beside one with targets it only does not count.
  const one = await run({ batch: () => ({ inputs: inputs!, targets: targets! }) });
  const two = await run(
    { batch: (step) => (step % 2 ? empty : { inputs: inputs!, targets: targets! }) },
    { accumulation: 2 },
  );
  expect(two.weights).toEqual(one.weights);
});

test('a count that does not divide the rows is refused', async () => {
  await expect(run(microBatches({ batch: unevenBatch }, 3), { accumulation: 3 })).rejects.toThrow(
    'microBatches: count must divide the rows of every tensor, got 3 for inputs [4,4].',
  );
});

test.each(['eager', 'compiled'])(
  'scalars that a model returns beside its loss are reported with the step, averaged like the loss (%s)',
  async (mode) => {
    class Metered extends MaskedBigram {
      override loss(batch: Parameters<MaskedBigram['loss']>[0]) {
        const loss = super.loss(batch);
        return { loss, doubled: tf.mul(loss, 2), inputs: batch.inputs! } as never;
      }
    }
    const options = mode === 'compiled' ? { runtime } : {};
    const data = microBatches({ batch: unevenBatch }, 2);
    let steps = 0;
    for await (const event of train(new Metered(), data, { steps: 2, accumulation: 2, ...options })) {
      if (event.type !== 'step-end') continue;
      steps++;
      expect(Object.keys(event.auxiliary)).toEqual(['doubled']);
      expect(event.auxiliary.doubled).toBeCloseTo(2 * event.loss, 5);
    }
    expect(steps).toBe(2);
    expect(await evaluate(new Metered(), [unevenBatch(0)], options)).toBeGreaterThan(1);
  },
);
