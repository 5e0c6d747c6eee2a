import type { Job } from '../contestants/protocol.ts';
import { median } from '../measure/statistics.ts';
import { type BenchmarkRecord, recordOfRounds } from '../report/record.ts';
import type { Comparison, Side } from './comparison.ts';
import { type Entrant, usualEntrants } from './entrants.ts';
import { GPT_CASES, type GptCase } from './gpt-cases.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteContext, SuiteResult } from './suite.ts';
import { tokenBatches } from './token-batches.ts';
import { joinResults, medianLossesOf, runTraining, trainingResult } from './train-comparison.ts';

const NAME = 'dropout';
/** Of losses under different random masks. */
const OTHER_MASKS = 0.05;

/** What random numbers cost in training. */
export const dropout: Suite = {
  name: NAME,
  summary: 'the share of a training step that dropout takes, its random numbers included, beside PyTorch',
  async run(context) {
    const { tokens } = await readShakespeare();
    const results: SuiteResult[] = [];
    const [small, large] = GPT_CASES as [GptCase, GptCase];
    for (const [gptCase, rate] of [
      [small, 0.1],
      [small, 0.2],
      [large, 0.2], // nanoGPT's own
    ] as const) {
      results.push(await runCase(gptCase, rate, tokens, context));
    }
    return joinResults(results);
  },
};

async function runCase(
  { config, batchSize, steps, ...gptCase }: GptCase,
  rate: number,
  tokens: Int32Array,
  context: SuiteContext,
): Promise<SuiteResult> {
  const name = `${gptCase.name}, dropout ${rate}`;
  const model = { architecture: 'gpt', config: { ...config, dropout: rate } } as const;
  const rounds = context.rounds ?? (context.quick ? 2 : gptCase.rounds);
  const withDropout = await usualEntrants({ samples: steps, leadIn: 1 }, undefined, context);
  const entrants = withDropout.flatMap((entrant) => [
    { ...entrant, tolerance: OTHER_MASKS },
    withoutDropout(entrant),
  ]) as [Entrant, ...Entrant[]];
  const data = tokenBatches(tokens, batchSize, config.contextLength);
  const comparison = await runTraining({ name, model, rounds, entrants }, data, context);
  const { versions, notes, failures } = trainingResult(
    { suite: NAME, case: name },
    comparison,
    medianLossesOf,
  );
  return { records: recordsOf(name, comparison), versions, notes, failures };
}

/** The same contestant, training the same model without dropout. */
function withoutDropout(entrant: Entrant): Entrant {
  return {
    ...entrant,
    name: `${entrant.name} without`,
    tolerance: Number.POSITIVE_INFINITY, // it learns faster
    start: (job, signal) => {
      const { model } = job as Job & { model: { architecture: 'gpt' } };
      const config = { ...model.config, dropout: 0 };
      return entrant.start({ ...job, model: { ...model, config } } as Job, signal);
    },
  };
}

function recordsOf(name: string, { own, peers }: Comparison): BenchmarkRecord[] {
  const [ownWithout, torch, torchWithout] = peers as [Side, Side?, Side?];
  const subject = { suite: NAME, case: name } as const;
  const step = { ...subject, metric: 'training step', unit: 'ms' } as const;
  const share = { ...subject, metric: 'share of dropout', unit: '%' } as const;
  if (!torch || !torchWithout)
    return [recordOfRounds(step, own.rounds), recordOfRounds(share, shares(own, ownWithout))];
  return [
    recordOfRounds({ ...step, quality: medianLossesOf(own, torch) }, own.rounds, torch),
    recordOfRounds(share, shares(own, ownWithout), { name: torch.name, rounds: shares(torch, torchWithout) }),
  ];
}

/** By how much of itself a step is shorter without dropout, in percent, round by round. */
function shares(withDropout: Side, without: Side): number[][] {
  return withDropout.rounds.map((samples, round) => [
    100 * (1 - median(without.rounds[round]!) / median(samples)),
  ]);
}
