import { nodeLaunch } from '../contestants/node.ts';
import { processEntrant } from './entrants.ts';
import { GPT_CASES } from './gpt-cases.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite } from './suite.ts';
import { tokenBatches } from './token-batches.ts';
import { runTraining, trainingResult } from './train-comparison.ts';

const NAME = 'train-gpt-javascript';

/** The training step of a small GPT in Node, for people who stay in JavaScript. */
export const trainGptJavaScript: Suite = {
  name: NAME,
  summary: 'one training step of a small GPT in Node beside eager tfjs and jax-js',
  async run(context) {
    const { tokens } = await readShakespeare();
    const { name, config, batchSize, rounds, steps } = GPT_CASES[0]!;
    const entrants = [
      processEntrant(nodeLaunch('wordloom'), { samples: steps, leadIn: 1 }),
      processEntrant(nodeLaunch('tfjs-wasm'), { samples: 1, leadIn: 1 }),
      processEntrant(nodeLaunch('jax-js'), { samples: 3, leadIn: 1 }),
    ] as const;
    const comparison = await runTraining(
      {
        name,
        model: { architecture: 'gpt', config },
        rounds: context.rounds ?? (context.quick ? 2 : rounds),
        entrants,
      },
      tokenBatches(tokens, batchSize, config.contextLength),
      context,
    );
    return trainingResult({ suite: NAME, case: name }, comparison);
  },
};
