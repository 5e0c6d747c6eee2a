import { tensorData } from '@wordloom/compile';
import { randomWindows } from '@wordloom/nn-core';
import { BATCH_COUNT, type TrainingData } from './train-comparison.ts';

/** Random windows of a text: `[BATCH_COUNT, batchSize, contextLength]`. */
export function tokenBatches(tokens: Int32Array, batchSize: number, contextLength: number): TrainingData {
  const source = randomWindows(tokens, { batchSize, contextLength, seed: 1 });
  const shape = [BATCH_COUNT, batchSize, contextLength];
  const size = batchSize * contextLength;
  const inputs = new Int32Array(BATCH_COUNT * size);
  const targets = new Int32Array(BATCH_COUNT * size);
  for (let step = 0; step < BATCH_COUNT; step++) {
    const batch = source.batch(step);
    inputs.set(batch.inputs!.data, step * size);
    targets.set(batch.targets!.data, step * size);
  }
  return { inputs: tensorData(inputs, shape), targets: tensorData(targets, shape) };
}
