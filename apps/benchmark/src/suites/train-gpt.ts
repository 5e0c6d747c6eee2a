import { GPT_CASES } from './gpt-cases.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteResult } from './suite.ts';
import { tokenBatches } from './token-batches.ts';
import { compareTraining, joinResults } from './train-comparison.ts';

/** One training step of a GPT. */
export const trainGpt: Suite = {
  name: 'train-gpt',
  summary: 'one training step of a GPT (forward, backward, clipping, AdamW) beside PyTorch and eager tfjs',
  async run(context) {
    const { tokens } = await readShakespeare();
    const results: SuiteResult[] = [];
    for (const { config, batchSize, ...gptCase } of GPT_CASES) {
      const trainingCase = { ...gptCase, model: { architecture: 'gpt', config } as const };
      const data = tokenBatches(tokens, batchSize, config.contextLength);
      results.push(await compareTraining('train-gpt', trainingCase, data, context));
    }
    return joinResults(results);
  },
};
