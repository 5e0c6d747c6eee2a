import { tensorData } from '@wordloom/compile';
import { randomWindows } from '@wordloom/nn-core';
import { GPT_CASES } from './gpt-cases.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteResult } from './suite.ts';
import { BATCH_COUNT, compareTraining, joinResults } from './train-comparison.ts';

/** One training step of a GPT. */
export const trainGpt: Suite = {
  name: 'train-gpt',
  summary: 'one training step of a GPT (forward, backward, clipping, AdamW) beside PyTorch and eager tfjs',
  async run(context) {
    const { tokens } = await readShakespeare();
    const results: SuiteResult[] = [];
    for (const { config, batchSize, ...gptCase } of GPT_CASES) {
      const trainingCase = { ...gptCase, model: { architecture: 'gpt', config } as const };
      const data = batches(tokens, batchSize, config.contextLength);
      results.push(await compareTraining('train-gpt', trainingCase, data, context));
    }
    return joinResults(results);
  },
};

function batches(
  tokens: Int32Array,
  batchSize: number,
  contextLength: number,
): { inputs: ReturnType<typeof tensorData>; targets: ReturnType<typeof tensorData> } {
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
