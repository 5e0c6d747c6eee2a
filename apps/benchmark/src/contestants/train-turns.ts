import { tensorData } from '@wordloom/compile';
import { AdamW, type BatchSource, decaysMatrices, loadParameters, train } from '@wordloom/nn-core';
import { buildModel } from '../models/model-spec.ts';
import type { Engine } from './engine.ts';
import type { JobFiles, Outcome, TrainJob } from './protocol.ts';

/** A prepared task. */
export interface Turns {
  readonly buildMilliseconds: number | null;
  /** Of the compiled graph; null where nothing is compiled. */
  readonly nodeCount: number | null;
  turn(count: number): Promise<Outcome>;
}

/** Training through the public API: a step's time is what a caller of `train()` waits for its `step-end`. */
export async function trainTurns(
  job: TrainJob,
  { weights, data }: JobFiles,
  { runtime }: Engine,
): Promise<Turns> {
  const model = buildModel(job.model);
  loadParameters(model, weights);
  const { clipNorm, ...settings } = job.optimizer;
  const optimizer = new AdamW(model.namedParameters(), { ...settings, decays: decaysMatrices });
  const events = train(model, batchesOf(data), {
    steps: Number.MAX_SAFE_INTEGER, // as many as are asked for
    optimizer,
    clipNorm,
    ...(runtime && { runtime }),
  });
  const compiled = runtime && (await events.next()).value;
  const built = compiled?.type === 'compile-end' ? compiled : undefined;
  return {
    buildMilliseconds: built?.milliseconds ?? null,
    nodeCount: built?.nodeCount ?? null,
    async turn(count) {
      const milliseconds: number[] = [];
      const outcomes: number[] = [];
      while (outcomes.length < count) {
        const start = performance.now();
        const { value } = await events.next();
        if (value?.type !== 'step-end')
          throw new Error(`train ended with ${value?.type} after ${outcomes.length} steps.`);
        milliseconds.push(performance.now() - start);
        outcomes.push(value.loss);
      }
      return { milliseconds, outcomes };
    },
  };
}

/** The stored batches, over and over. */
function batchesOf(data: JobFiles['data']): BatchSource {
  const inputs = data.get('inputs')!; // [steps, ...]
  const targets = data.get('targets')!;
  const [count, ...shape] = inputs.shape as [number, number, number];
  const size = shape[0] * shape[1];
  return {
    tokensPerBatch: size,
    batch(step) {
      const begin = (step % count) * size;
      return {
        inputs: tensorData(inputs.data.subarray(begin, begin + size), shape),
        targets: tensorData(targets.data.subarray(begin, begin + size), shape),
      };
    },
  };
}
