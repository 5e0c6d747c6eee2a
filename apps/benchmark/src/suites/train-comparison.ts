import type { TensorData } from '@wordloom/compile';
import { median } from '../measure/statistics.ts';
import type { ModelSpec } from '../models/model-spec.ts';
import { type BenchmarkRecord, type Quality, recordOf, recordOfRounds } from '../report/record.ts';
import { type Comparison, compare, type Side } from './comparison.ts';
import { type Entrant, usualEntrants } from './entrants.ts';
import type { SuiteContext, SuiteResult } from './suite.ts';

const OPTIMIZER = { learningRate: 1e-3, beta1: 0.9, beta2: 0.99, weightDecay: 0.1, clipNorm: 1 };
/** Different batches; runs with more steps take them again. */
export const BATCH_COUNT = 64;

/** `inputs` and `targets`, int32 `[BATCH_COUNT, ...]`. */
export type TrainingData = Readonly<Record<'inputs' | 'targets', TensorData>>;

/** A model to train beside PyTorch and eager tfjs, and how much of it is one turn. */
export interface TrainingCase {
  readonly name: string;
  readonly model: ModelSpec;
  readonly rounds: number;
  /** Training steps in a turn of Wordloom and PyTorch. */
  readonly steps: number;
  /** Rounds eager tfjs takes part in, with one step each: a step takes seconds to minutes. */
  readonly eagerRounds: number;
}

/** Measures one training step beside the usual peers. */
export async function compareTraining(
  suite: string,
  { name, model, steps, ...trainingCase }: TrainingCase,
  data: TrainingData,
  context: SuiteContext,
): Promise<SuiteResult> {
  const { quick } = context;
  const rounds = context.rounds ?? (quick ? 2 : trainingCase.rounds);
  const eagerRounds = quick && steps < 10 ? 0 : Math.min(trainingCase.eagerRounds, rounds);
  const eagerPace = eagerRounds > 0 ? { samples: 1, leadIn: 0, rounds: eagerRounds } : undefined;
  const entrants = await usualEntrants({ samples: steps, leadIn: 1 }, eagerPace, context);
  const comparison = await runTraining({ name, model, rounds, entrants }, data, context);
  const { notes, ...result } = trainingResult({ suite, case: name }, comparison);
  return {
    ...result,
    notes: eagerPace ? notes : [...notes, `${name}: tfjs-wasm left out, a step takes minutes.`],
  };
}

/** Training on every side: forward, backward, clipping of the gradients' norm, AdamW. */
export function runTraining(
  {
    name,
    model,
    rounds,
    entrants,
  }: Pick<TrainingCase, 'name' | 'model' | 'rounds'> & { entrants: readonly [Entrant, ...Entrant[]] },
  data: TrainingData,
  context: SuiteContext,
): Promise<Comparison> {
  const { quick, threads } = context;
  const job = { task: 'train', model, threads, optimizer: OPTIMIZER } as const;
  return compare(name, { job, data, rounds, warmUp: quick ? 1 : 4, entrants }, context);
}

/** What a training comparison has to say: times beside losses, memory, and losses that should be the same and are not. */
export function trainingResult(
  subject: Pick<BenchmarkRecord, 'suite' | 'case'>,
  comparison: Comparison,
  lossesCompared = lossesOf,
): SuiteResult {
  const { own, peers, versions, notes } = comparison;
  return {
    records: recordsOf(subject, comparison),
    versions,
    notes,
    failures: peers.flatMap((peer) => disagreement(subject.case, peer, lossesCompared(own, peer))),
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
  const build = { ...subject, metric: 'trace and build', unit: 'ms' } as const;
  const stepRecords = peers.map((peer) =>
    recordOfRounds({ ...step, quality: lossesOf(own, peer) }, own.rounds, peer),
  );
  const peak = own.peakMemoryMebibytes;
  const memoryRecords =
    peak === null
      ? []
      : peers.flatMap(({ name, peakMemoryMebibytes: value }) =>
          value === null ? [] : [recordOf(memory, peak, { name, value })],
        );
  return [
    ...(peers.length > 0 ? stepRecords : [recordOfRounds(step, own.rounds)]),
    ...(peers.length > 0 || peak === null ? memoryRecords : [recordOf(memory, peak)]),
    recordOf(build, own.contestant.ready.buildMilliseconds!),
  ];
}

/**
 * The middle of the losses in the second half of the steps that both took, for training under different random numbers: at the learning rate of
 * these suites, without a warm-up, a step can throw a model's loss to twice what it is, and the next one back.
 */
export function medianLossesOf(own: Side, peer: Side): Quality {
  const steps = Math.min(own.outcomes.length, peer.outcomes.length);
  const first = Math.floor(steps / 2);
  return {
    name: `median loss of steps ${first + 1} to ${steps}`,
    value: median(own.outcomes.slice(first, steps)),
    peerValue: median(peer.outcomes.slice(first, steps)),
  };
}

/** The loss of the last step that both took. */
export function lossesOf(own: Side, peer: Side): Quality {
  const step = Math.min(own.outcomes.length, peer.outcomes.length);
  return {
    name: `loss at step ${step}`,
    value: own.outcomes[step - 1]!,
    peerValue: peer.outcomes[step - 1]!,
  };
}

function disagreement(caseName: string, peer: Side, { name, value, peerValue }: Quality): string[] {
  if (Math.abs(value - peerValue!) <= peer.entrant.tolerance * Math.abs(peerValue!)) return [];
  return [
    `${caseName}: Wordloom and ${peer.name} do not do the same work: ${name} is ${value} and ${peerValue}.`,
  ];
}
