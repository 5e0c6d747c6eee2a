import '@tensorflow/tfjs-backend-cpu';
import { expect, test } from 'vitest';
import { MaskedBigram } from '../../test/masked-bigram.ts';
import { randomWindows } from '../data/random-windows.ts';
import { AdamW } from '../optimizers/adamw.ts';
import { PlateauSchedule } from '../optimizers/plateau-schedule.ts';
import { type CheckpointOptions, memoryCheckpoints, restoreCheckpoint } from './checkpoints.ts';
import { train } from './train.ts';
import type { TrainOptions } from './train-options.ts';
import { TrainingProgress, type TrainingProgressState } from './training-progress.ts';
import { encodeTrainingState } from './training-state.ts';

const data = randomWindows(
  Int32Array.from({ length: 50 }, (_, index) => index % 7),
  { batchSize: 2, contextLength: 4, seed: 0 },
);

function makeParts() {
  const model = new MaskedBigram();
  return { model, optimizer: new AdamW(model.namedParameters()), progress: new TrainingProgress() };
}

/** Trains with the given losses at every second step; a store that remembers what was done to it. */
async function run(losses: readonly number[], checkpoints: Omit<CheckpointOptions, 'store'> = {}) {
  const store = memoryCheckpoints();
  const parts = makeParts();
  const saves: string[] = [];
  const options: TrainOptions = {
    steps: 2 * losses.length,
    ...parts,
    evaluation: { interval: 2, loss: async () => losses[parts.optimizer.stepCount / 2 - 1]! },
    checkpoints: { store, ...checkpoints },
  };
  for await (const event of train(parts.model, data, options)) {
    if (event.type === 'checkpoint-save') saves.push(`+${event.step} -${event.removed.map(numberOf)}`);
  }
  return { store, parts, saves, options };
}

const numberOf = (name: string) => Number(/\d+/.exec(name)![0]);
const kept = async (store: ReturnType<typeof memoryCheckpoints>) =>
  (await store.names()).map(numberOf).sort();

test('the best and the last checkpoints stay, the others go as soon as they may', async () => {
  const { store, saves, parts } = await run([5, 3, 4, Number.NaN, 3.5], { keepBest: 2 });
  expect(saves).toEqual(['+2 -', '+4 -', '+6 -2', '+8 -', '+10 -6,8']);
  expect(await kept(store)).toEqual([10, 4]);
  expect(parts.progress.best).toEqual({ step: 4, loss: 3 });
  expect(await kept((await run([1, 2, 3], { keepBest: 0 })).store)).toEqual([6]);
});

test('an interval writes between evaluations, and the end is written once', async () => {
  const { saves } = await run([2, 1], { interval: 3 });
  expect(saves).toEqual(['+2 -', '+3 -', '+4 -2,3']);
});

test('the newest checkpoint is restored unless another is asked for, with its metadata and what it knows', async () => {
  const { store, parts } = await run([3, 2, 2.5], { metadata: { recipe: 'tiny' } });
  const restored = makeParts();
  expect(await restoreCheckpoint(store, restored)).toEqual({
    name: 'step-00000006.safetensors',
    metadata: { recipe: 'tiny' },
  });
  expect(restored.progress.state()).toEqual(parts.progress.state());
  expect(restored.model.head.weight.data).toEqual(parts.model.head.weight.data);
  const best = parts.progress.best!;
  expect(await restoreCheckpoint(store, restored, 'step-00000004.safetensors')).toBeDefined();
  expect(restored.optimizer.stepCount).toBe(best.step);
  expect(await restoreCheckpoint(memoryCheckpoints(), restored)).toBeUndefined();
});

test('a run that died before it removed old checkpoints removes them later', async () => {
  const { store, parts, options } = await run([3, 2]);
  await store.write('mine.txt', new Uint8Array(1));
  // As if the program had ended between writing step 4 and removing step 2.
  const doomed = parts.progress.checkpoints.concat({ name: 'step-00000002.safetensors', step: 2, loss: 3 });
  parts.progress.update({ checkpoints: doomed });
  await store.write('step-00000002.safetensors', new Uint8Array(1));
  for await (const _ of train(parts.model, data, { ...options, steps: 5 })) {
    // to the end
  }
  expect((await store.names()).toSorted()).toEqual([
    'mine.txt',
    'step-00000004.safetensors',
    'step-00000005.safetensors',
  ]);
});

test('a failing store fails the run, and the progress knows only what was written', async () => {
  const parts = makeParts();
  const store = { ...memoryCheckpoints(), write: async () => Promise.reject(new Error('disk full')) };
  const events = train(parts.model, data, { steps: 1, ...parts, checkpoints: { store } });
  await events.next();
  await expect(events.next()).rejects.toThrow('disk full');
  expect(parts.progress.checkpoints).toEqual([]);
});

test('files that hold no progress, or a broken one, are refused before anything is loaded', async () => {
  const { model, optimizer, progress } = makeParts();
  const store = memoryCheckpoints();
  const name = 'step-00000001.safetensors';
  const before = model.head.weight.data.slice();
  const other = makeParts();
  const state = progress.state();
  for (const text of [undefined, '{', 'null', '{}', JSON.stringify({ ...state, skippedSteps: -1 })]) {
    const metadata = text === undefined ? {} : { progress: text };
    other.model.head.weight.data.fill(9);
    await store.write(name, encodeTrainingState(other.model, other.optimizer, metadata));
    await expect(restoreCheckpoint(store, { model, optimizer, progress })).rejects.toThrow(
      `restoreCheckpoint: ${name} must hold the progress of a run, got ${text?.slice(0, 40) ?? 'none'}`,
    );
  }
  expect(model.head.weight.data).toEqual(before);
  for (const broken of [null, { ...state, checkpoints: [{}] }, { ...state, best: { step: 1 } }]) {
    expect(() => progress.loadState(broken as TrainingProgressState)).toThrow('must be what state() gave');
  }
  expect(progress.state()).toEqual(state);
});

test('several sets are evaluated in their order, and one of them is watched', async () => {
  const loss = { train: async () => 1, validation: async () => 2, test: async () => 3 };
  const parts = makeParts();
  const events: unknown[] = [];
  const evaluation = { interval: 1, loss, watch: 'test' };
  for await (const event of train(parts.model, data, { steps: 1, ...parts, evaluation })) events.push(event);
  expect(events.slice(1, -1)).toEqual([
    { type: 'evaluation-end', step: 1, set: 'train', loss: 1 },
    { type: 'evaluation-end', step: 1, set: 'validation', loss: 2 },
    { type: 'evaluation-end', step: 1, set: 'test', loss: 3 },
  ]);
  expect(parts.progress.best).toEqual({ step: 1, loss: 3 });
});

test('early stopping waits as long as it is told, and small improvements do not count', async () => {
  const stop = async (losses: readonly number[], earlyStopping: TrainOptions['earlyStopping']) => {
    const parts = makeParts();
    const evaluation = { interval: 1, loss: async () => losses[parts.optimizer.stepCount - 1]! };
    const options = { steps: losses.length, ...parts, evaluation, earlyStopping: earlyStopping! };
    let end: unknown;
    for await (const event of train(parts.model, data, options)) end = event;
    return end;
  };
  const losses = [5, 4, 4.5, 4.2, 3.9, 3.85, 3.8, 1];
  expect(await stop(losses, { patience: 2 })).toMatchObject({ step: 4, reason: 'stopped-early' });
  expect(await stop(losses, { patience: 3 })).toMatchObject({ step: 8, reason: 'finished' });
  expect(await stop(losses, { patience: 3, minimumImprovement: 0.15 })).toMatchObject({ step: 5 });
});

test('options that make no sense are refused by name', async () => {
  const { model } = makeParts();
  const evaluation = { interval: 1, loss: async () => 0 };
  const refusals: [Partial<TrainOptions>, string][] = [
    [
      { adaptiveSchedule: new PlateauSchedule({ learningRate: 1 }) },
      'adaptiveSchedule must have an evaluation',
    ],
    [{ accumulation: 0 }, 'accumulation must be a positive integer, got 0'],
    [{ maxSkippedSteps: -1 }, 'maxSkippedSteps must be a non-negative integer, got -1'],
    [{ earlyStopping: { patience: 1 } }, 'earlyStopping must have an evaluation to look at, got none'],
    [{ evaluation, earlyStopping: { patience: 0 } }, 'earlyStopping.patience must be a positive integer'],
    [
      { evaluation, earlyStopping: { patience: 1, minimumImprovement: -1 } },
      'minimumImprovement must not be negative, got -1',
    ],
    [
      { evaluation: { ...evaluation, watch: 'x' } },
      'watch must name a set of evaluation.loss (validation), got x',
    ],
    [
      { checkpoints: { store: memoryCheckpoints(), keepBest: -1 } },
      'keepBest must be a non-negative integer',
    ],
  ];
  for (const [options, message] of refusals) {
    await expect(train(model, data, { steps: 1, ...options }).next()).rejects.toThrow(message);
  }
});
