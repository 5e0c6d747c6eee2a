import type { ModelSpec } from '../models/model-spec.ts';
import { recordOfRounds, type Unit } from '../report/record.ts';
import type { Comparison } from './comparison.ts';
import { usualEntrants } from './entrants.ts';
import { GPT_CASES } from './gpt-cases.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteContext, SuiteResult } from './suite.ts';
import { tokenBatches } from './token-batches.ts';
import { joinResults, runTraining, type TrainingData, trainingResult } from './train-comparison.ts';
import { lstmCase, zipfBatches } from './train-lstm.ts';

const NAME = 'compile-time';

/** What a step costs before it is the first: time, and then memory. */
export const compileTime: Suite = {
  name: NAME,
  summary:
    'tracing, optimizing and building of a training step, and its memory beside PyTorch, in new processes',
  async run(context) {
    const { tokens } = await readShakespeare();
    const results: SuiteResult[] = [];
    for (const { name, config, batchSize } of GPT_CASES) {
      const data = tokenBatches(tokens, batchSize, config.contextLength);
      results.push(await measure(name, { architecture: 'gpt', config }, data, context));
    }
    results.push(await measure(lstmCase.name, lstmCase.model, zipfBatches(), context));
    return joinResults(results);
  },
};

/** A few steps, in new processes each time. */
async function measure(
  name: string,
  model: ModelSpec,
  data: TrainingData,
  context: SuiteContext,
): Promise<SuiteResult> {
  const comparisons: Comparison[] = [];
  for (let count = context.rounds ?? (context.quick ? 2 : 5); count > 0; count--) {
    const entrants = await usualEntrants({ samples: 4, leadIn: 0 }, undefined, context);
    comparisons.push(await runTraining({ name, model, rounds: 1, entrants }, data, context));
  }
  const [first] = comparisons as [Comparison, ...Comparison[]];
  const { versions, notes, failures } = trainingResult({ suite: NAME, case: name }, first);
  const subject = (metric: string, unit: Unit) => ({ suite: NAME, case: name, metric, unit });
  const builds = comparisons.map(({ own }) => [own.contestant.ready.buildMilliseconds!]);
  const nodes = comparisons.map(({ own }) => [own.contestant.ready.nodeCount!]);
  const memory = comparisons.map(({ own }) => [own.peakMemoryMebibytes!]);
  const peers = first.peers.map((peer, index) => ({
    name: peer.name,
    rounds: comparisons.map(({ peers }) => [peers[index]!.peakMemoryMebibytes!]),
  }));
  return {
    records: [
      recordOfRounds(subject('trace and build', 'ms'), builds),
      recordOfRounds(subject('graph', 'nodes'), nodes),
      recordOfRounds(subject('peak memory', 'MiB'), memory, peers[0]),
    ],
    versions,
    notes,
    failures,
  };
}
