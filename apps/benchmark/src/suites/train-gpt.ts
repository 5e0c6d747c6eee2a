import { tensorData } from '@wordloom/compile';
import { randomWindows } from '@wordloom/nn-core';
import { type BenchmarkRecord, type Quality, recordOf, recordOfRounds } from '../report/record.ts';
import { GPT_CASES, type GptCase } from './gpt-cases.ts';
import { type Comparison, compareGpt, type Side } from './gpt-comparison.ts';
import { readShakespeare } from './shakespeare.ts';
import type { Suite, SuiteContext, SuiteResult } from './suite.ts';

const NAME = 'train-gpt';
const OPTIMIZER = { learningRate: 1e-3, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 };
/** Different batches; runs with more steps take them again. */
const BATCH_COUNT = 64;
/** How far losses may be apart: rounding errors grow with the steps, another model or optimizer differs more. */
const TOLERANCE = 5e-3;

/** One training step of a GPT: forward, backward, clipping of the gradients' norm, AdamW. */
export const trainGpt: Suite = {
  name: NAME,
  summary: 'one training step of a GPT (forward, backward, clipping, AdamW) beside PyTorch and eager tfjs',
  async run(context) {
    const { tokens } = await readShakespeare();
    const results: SuiteResult[] = [];
    for (const gptCase of GPT_CASES) results.push(await runCase(gptCase, tokens, context));
    return {
      records: results.flatMap(({ records }) => records),
      versions: Object.assign({}, ...results.map(({ versions }) => versions)),
      notes: results.flatMap(({ notes }) => notes),
      failures: results.flatMap(({ failures }) => failures),
    };
  },
};

async function runCase(gptCase: GptCase, tokens: Int32Array, context: SuiteContext): Promise<SuiteResult> {
  const { config, batchSize, steps } = gptCase;
  const { quick, threads } = context;
  const rounds = context.rounds ?? (quick ? 2 : gptCase.rounds);
  const eagerRounds = quick && steps < 10 ? 0 : Math.min(gptCase.eagerRounds, rounds);
  const comparison = await compareGpt(
    gptCase,
    {
      job: { task: 'train', config, threads, optimizer: OPTIMIZER },
      data: batches(tokens, batchSize, config.contextLength),
      rounds,
      warmUp: quick ? 1 : 4,
      pace: { samples: steps, leadIn: 1 },
      eagerPace: eagerRounds > 0 ? { samples: 1, leadIn: 0, rounds: eagerRounds } : undefined,
    },
    context,
  );
  const notes = [...comparison.notes];
  if (eagerRounds === 0) notes.push(`${gptCase.name}: tfjs-wasm left out, a step takes minutes.`);
  return {
    records: recordsOf(gptCase.name, comparison),
    versions: comparison.versions,
    notes,
    failures: comparison.peers.flatMap((peer) => disagreement(gptCase.name, comparison.own, peer)),
  };
}

function recordsOf(caseName: string, { own, peers }: Comparison): BenchmarkRecord[] {
  const subject = { suite: NAME, case: caseName };
  const step = { ...subject, metric: 'training step', unit: 'ms' } as const;
  const memory = { ...subject, metric: 'peak memory', unit: 'MiB' } as const;
  const stepRecords = peers.map((peer) =>
    recordOfRounds({ ...step, quality: lossesOf(own, peer) }, own.rounds, peer),
  );
  const memoryRecords = peers.map(({ name, peakMemoryMebibytes: value }) =>
    recordOf(memory, own.peakMemoryMebibytes, { name, value }),
  );
  const build = { ...subject, metric: 'trace and build', unit: 'ms' } as const;
  return [
    ...(peers.length > 0 ? stepRecords : [recordOfRounds(step, own.rounds)]),
    ...(peers.length > 0 ? memoryRecords : [recordOf(memory, own.peakMemoryMebibytes)]),
    recordOf(build, own.contestant.ready.buildMilliseconds!),
  ];
}

/** The loss of the last step that both took. */
function lossesOf(own: Side, peer: Side): Quality {
  const step = Math.min(own.outcomes.length, peer.outcomes.length);
  return {
    name: `loss at step ${step}`,
    value: own.outcomes[step - 1]!,
    peerValue: peer.outcomes[step - 1]!,
  };
}

function disagreement(caseName: string, own: Side, peer: Side): string[] {
  const { name, value, peerValue } = lossesOf(own, peer);
  if (Math.abs(value - peerValue!) <= TOLERANCE * Math.abs(peerValue!)) return [];
  return [
    `${caseName}: Wordloom and ${peer.name} do not do the same work: ${name} is ${value} and ${peerValue}.`,
  ];
}

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
