import '@tensorflow/tfjs-backend-cpu';
import { nodeRuntime } from '@wordloom/compile/node';
import { expect, test } from 'vitest';
import { MaskedBigram } from '../../test/masked-bigram.ts';
import { maskedWindows } from '../../test/workers/masked-windows.ts';
import { typescriptWorker, typescriptWorkerOptions } from '../../test/workers/typescript-worker.ts';
import type { BatchSource } from '../data/batch.ts';
import { type PrefetchedBatches, prefetch } from '../data/prefetch.ts';
import { prefetchInWorker } from '../node/prefetch-in-worker.ts';
import { AdamW } from '../optimizers/adamw.ts';
import { memoryCheckpoints, restoreCheckpoint } from './checkpoints.ts';
import { train } from './train.ts';
import type { TrainOptions } from './train-options.ts';
import { TrainingProgress } from './training-progress.ts';

const SEED = 8;
const STEPS = 18;

function makeParts() {
  const model = new MaskedBigram({ dropout: 0.2 });
  return { model, optimizer: new AdamW(model.namedParameters()), progress: new TrainingProgress() };
}

/** Losses of one life of a run, which ends after some steps. */
async function live(
  { model, ...parts }: ReturnType<typeof makeParts>,
  data: BatchSource,
  { life = STEPS, ...options }: Partial<TrainOptions> & { readonly life?: number },
): Promise<number[]> {
  const losses: number[] = [];
  const abort = new AbortController();
  const all = { ...options, ...parts, steps: STEPS, accumulation: 2, seed: 1, signal: abort.signal };
  for await (const event of train(model, data, all)) {
    if (event.type === 'step-end') losses.push(event.loss);
    if (losses.length === life) abort.abort();
  }
  return losses;
}

test.each([
  ['on the same thread, eagerly', async () => prefetch(maskedWindows(SEED), { ahead: 3 })],
  [
    'in a worker, compiled',
    () =>
      prefetchInWorker(typescriptWorker, {
        workerOptions: typescriptWorkerOptions('serve-masked-windows.ts'),
        settings: { seed: SEED },
      }),
  ],
] satisfies [string, () => Promise<PrefetchedBatches>][])(
  'masked batches made ahead %s: an interrupted run has the losses of one that is not and makes none ahead',
  async (name, open) => {
    const options = name.endsWith('compiled') ? { runtime: await nodeRuntime({ threads: 1 }) } : {};
    const whole = makeParts();
    const expected = await live(whole, maskedWindows(SEED), options);
    expect(new Set(expected).size).toBe(STEPS);

    const store = memoryCheckpoints();
    const losses: number[] = [];
    let weights: unknown;
    for (const life of [5, 1, STEPS - 6]) {
      const parts = makeParts();
      for (const { data } of parts.model.parameters()) if (losses.length > 0) data.fill(0);
      await restoreCheckpoint(store, parts);
      await using data = await open();
      losses.push(...(await live(parts, data, { ...options, life, checkpoints: { store } })));
      weights = parts.model.parameters().map(({ data }) => data);
    }
    expect(losses).toEqual(expected);
    expect(weights).toEqual(whole.model.parameters().map(({ data }) => data));
  },
);
