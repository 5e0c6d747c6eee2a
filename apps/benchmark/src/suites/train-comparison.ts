import type { TensorData } from '@wordloom/compile';
import type { ModelSpec } from '../models/model-spec.ts';
import { type BenchmarkRecord, type Quality, recordOf, recordOfRounds } from '../report/record.ts';
import { type Comparison, compare, type Side } from './comparison.ts';
import type { SuiteContext, SuiteResult } from './suite.ts';

const OPTIMIZER = { learningRate: 1e-3, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 };
/** Different batches; runs with more steps take them again. */
export const BATCH_COUNT = 64;
/** How far losses may be apart: rounding errors grow with the steps, another model or optimizer differs more. */
const TOLERANCE = 5e-3;

/** A model to train, and how much of it is one turn. */
export interface TrainingCase {
  readonly name: string;
  readonly model: ModelSpec;
  readonly rounds: number;
  /** Training steps in a turn of Wordloom and PyTorch. */
  readonly steps: number;
  /** Rounds eager tfjs takes part in, with one step each: a step takes seconds to minutes. */
  readonly eagerRounds: number;
}

/**
 * Measures one training step (forward, backward, clipping of the gradients' norm, AdamW) on every side.
 *
 * @param data `inputs` and `targets`, int32 `[BATCH_COUNT, ...]`
 */
export async function compareTraining(
  suite: string,
  { name, model, steps, ...trainingCase }: TrainingCase,
  data: Readonly<Record<'inputs' | 'targets', TensorData>>,
  context: SuiteContext,
): Promise<SuiteResult> {
  const { quick, threads } = context;
  const rounds = context.rounds ?? (quick ? 2 : trainingCase.rounds);
  const eagerRounds = quick && steps < 10 ? 0 : Math.min(trainingCase.eagerRounds, rounds);
  const comparison = await compare(
    name,
    {
      job: { task: 'train', model, threads, optimizer: OPTIMIZER },
      data,
      rounds,
      warmUp: quick ? 1 : 4,
      pace: { samples: steps, leadIn: 1 },
      eagerPace: eagerRounds > 0 ? { samples: 1, leadIn: 0, rounds: eagerRounds } : undefined,
    },
    context,
  );
  const notes = [...comparison.notes];
  if (eagerRounds === 0) notes.push(`${name}: tfjs-wasm left out, a step takes minutes.`);
  return {
    records: recordsOf({ suite, case: name }, comparison),
    versions: comparison.versions,
    notes,
    failures: comparison.peers.flatMap((peer) => disagreement(name, comparison.own, peer)),
  };
}

/** Several results as one. */
export function joinResults(results: readonly SuiteResult[]): SuiteResult {
  return {
    records: results.flatMap(({ records }) => records),
    versions: Object.assign({}, ...results.map(({ versions }) => versions)),
    notes: results.flatMap(({ notes }) => notes),
    failures: results.flatMap(({ failures }) => failures),
  };
}

function recordsOf(
  subject: Pick<BenchmarkRecord, 'suite' | 'case'>,
  { own, peers }: Comparison,
): BenchmarkRecord[] {
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
