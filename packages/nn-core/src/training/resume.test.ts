import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { tensorData } from '@wordloom/compile';
import { nodeRuntime } from '@wordloom/compile/node';
import { expect, test } from 'vitest';
import { MaskedBigram } from '../../test/masked-bigram.ts';
import type { BatchSource } from '../data/batch.ts';
import { shuffledWindows } from '../data/shuffled-windows.ts';
import { tokenArray } from '../data/token-source.ts';
import { AdamW } from '../optimizers/adamw.ts';
import { PlateauSchedule } from '../optimizers/plateau-schedule.ts';
import { memoryCheckpoints, restoreCheckpoint } from './checkpoints.ts';
import { train } from './train.ts';
import type { TrainEvent } from './train-event.ts';
import type { TrainOptions } from './train-options.ts';
import { TrainingProgress } from './training-progress.ts';

const tokens = Int32Array.from({ length: 101 }, (_, index) => (index * index) % 7);
const data = shuffledWindows(tokenArray(tokens), { batchSize: 3, contextLength: 4, seed: 2 });

/** Losses that go down, up and down again, and after step 24 only up. */
const heldOutLoss = (step: number): number => (step > 24 ? 2 + step : 2 + Math.sin(step / 3));

function makeRun(options: Partial<TrainOptions> = {}) {
  const model = new MaskedBigram({ dropout: 0.3 });
  const optimizer = new AdamW(model.namedParameters(), { weightDecay: 0.1 });
  const progress = new TrainingProgress();
  const adaptiveSchedule = new PlateauSchedule({ learningRate: 0.1, factor: 0.5, patience: 0 });
  const events = () =>
    train(model, data, {
      steps: 60,
      optimizer,
      progress,
      adaptiveSchedule,
      accumulation: 2,
      seed: 3,
      evaluation: {
        interval: 4,
        loss: {
          train: async () => 1,
          validation: async () => heldOutLoss(optimizer.stepCount),
        },
        watch: 'validation',
      },
      earlyStopping: { patience: 3, minimumImprovement: 0.01 },
      ...options,
    });
  return { model, optimizer, progress, events };
}

/** What must not depend on interruptions: no times. */
function essence(event: TrainEvent): unknown {
  switch (event.type) {
    case 'compile-end':
      return undefined;
    case 'step-end':
      return [event.step, event.loss, event.learningRate, event.gradientNorm];
    default:
      return event;
  }
}

test.each(['eager', 'compiled'])(
  'a run that is interrupted anywhere goes on with the same losses, bit for bit (%s)',
  async (mode) => {
    const options = mode === 'compiled' ? { runtime: await nodeRuntime({ threads: 1 }) } : {};
    const wholeStore = memoryCheckpoints();
    const whole = makeRun({ ...options, checkpoints: { store: wholeStore, keepBest: 2 } });
    const expected: unknown[] = [];
    for await (const event of whole.events()) {
      if (event.type !== 'checkpoint-save') expected.push(essence(event));
    }
    expect(expected.at(-1)).toMatchObject({ type: 'train-end', reason: 'stopped-early' });

    const store = memoryCheckpoints();
    const seen: unknown[] = [];
    let weights: unknown;
    let finished = false;
    for (let life = 1; !finished; life++) {
      const abort = new AbortController();
      const parts = makeRun({
        ...options,
        signal: abort.signal,
        checkpoints: { store, keepBest: 2 },
      });
      // Nothing may survive but what the checkpoint holds.
      if (life > 1) for (const { data } of parts.model.parameters()) data.fill(0);
      await restoreCheckpoint(store, parts);
      let steps = 0;
      for await (const event of parts.events()) {
        if (event.type === 'step-end' && ++steps === 3 + (life % 3)) abort.abort(); // also where an evaluation is due
        if (event.type === 'train-end' && event.reason === 'aborted') continue;
        if (event.type !== 'checkpoint-save') seen.push(essence(event));
      }
      finished = !abort.signal.aborted;
      weights = parts.model.parameters().map(({ data }) => data);
      expect(life).toBeLessThan(40);
    }
    const compiled = (entry: unknown) => entry !== undefined;
    expect(seen.filter(compiled)).toEqual(expected.filter(compiled));
    expect(weights).toEqual(whole.model.parameters().map(({ data }) => data));
    expect((await store.names()).length).toBeLessThanOrEqual(3);
  },
);

test('the data go on where they stopped, also with another accumulation', async () => {
  const asked: number[] = [];
  const watched: BatchSource = {
    batch: (step) => {
      asked.push(step);
      return data.batch(step);
    },
  };
  const model = new MaskedBigram();
  const optimizer = new AdamW(model.namedParameters());
  const progress = new TrainingProgress();
  for (const [steps, accumulation] of [
    [2, 3],
    [4, 2],
  ] as const) {
    for await (const _ of train(model, watched, { steps, optimizer, progress, accumulation })) {
      // only the batches matter
    }
  }
  expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('steps that are not finite are skipped, as many in a row as allowed, and the data go on', async () => {
  const bad = new Set([2, 3, 7]);
  const poisoned: BatchSource = {
    batch: async (step) => {
      const batch = await data.batch(step);
      return { ...batch, factor: tensorData(Float32Array.of(bad.has(step) ? Infinity : 1), []) };
    },
  };
  class Scaled extends MaskedBigram {
    override loss({ factor, ...batch }: Parameters<MaskedBigram['loss']>[0]) {
      return tf.mul(super.loss(batch), factor!) as tf.Scalar;
    }
  }
  const types = async (maxSkippedSteps: number) => {
    const model = new Scaled();
    const optimizer = new AdamW(model.namedParameters());
    const progress = new TrainingProgress();
    const types: string[] = [];
    for await (const event of train(model, poisoned, { steps: 9, optimizer, progress, maxSkippedSteps })) {
      types.push(event.type === 'compile-end' ? event.type : `${event.type} ${event.step}`);
      if (event.type === 'step-skip') expect(event.place).toBe('the gradient of tokens.weight');
    }
    expect(model.parameters().every(({ data }) => data.every(Number.isFinite))).toBe(true);
    expect([optimizer.stepCount, progress.state().skippedSteps]).toEqual([6, 3]);
    return types;
  };
  expect(await types(2)).toEqual([
    'step-end 1',
    'step-end 2',
    'step-skip 3',
    'step-skip 4',
    'step-end 5',
    'step-end 6',
    'step-end 7',
    'step-skip 8',
    'step-end 9',
    'train-end 9',
  ]);
  await expect(types(1)).rejects.toThrow('at step 3 (counted from 0), after 1 skipped steps in a row');
});

test('weights that are not finite are never skipped over', async () => {
  const model = new MaskedBigram();
  model.head.weight.data[0] = Number.NaN;
  const events = train(model, data, { steps: 9, maxSkippedSteps: 5 });
  await expect(events.next()).rejects.toThrow('NaN or infinity in parameter head.weight');
});

test('an abort ends the wait for a batch that never comes', async () => {
  const model = new MaskedBigram();
  const signal = AbortSignal.timeout(10);
  const events = train(model, { batch: () => new Promise(() => {}) }, { steps: 3, signal });
  expect(await events.next()).toEqual({
    done: false,
    value: { type: 'train-end', step: 0, reason: 'aborted' },
  });
});
