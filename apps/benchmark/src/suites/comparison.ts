import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TensorData } from '@wordloom/compile';
import { parameterData } from '@wordloom/nn-core';
import { writeSafetensors } from '@wordloom/nn-core/node';
import {
  type Contestant,
  type Launch,
  startContestant,
  UnavailableError,
} from '../contestants/contestant.ts';
import { nodeLaunch } from '../contestants/node.ts';
import type { Job } from '../contestants/protocol.ts';
import { TORCH_SETUP, torchLaunch } from '../contestants/torch.ts';
import { type Measurement, PAUSE_MILLISECONDS, type Participant, runRounds } from '../measure/run-rounds.ts';
import { buildModel } from '../models/model-spec.ts';
import type { SuiteContext } from './suite.ts';

/** One side of a finished comparison. */
export interface Side extends Measurement {
  readonly name: string;
  readonly contestant: Contestant;
}

/** A finished comparison. */
export interface Comparison {
  readonly own: Side;
  readonly peers: readonly Side[];
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** How much a contestant does in a turn. */
export type Pace = Omit<Participant, 'contestant'>;

/** What differs between the suites. */
export interface ComparisonPlan {
  /** The job, but for the paths of its files. */
  readonly job: DistributiveOmit<Job, 'weightsPath' | 'dataPath'>;
  /** What the data file holds. */
  readonly data: Readonly<Record<string, TensorData>>;
  readonly rounds: number;
  readonly warmUp: number;
  /** Of Wordloom and PyTorch. */
  readonly pace: Pace;
  /** Of eager tfjs; undefined leaves it out. */
  readonly eagerPace?: Pace | undefined;
}

/** Omit, in each member of a union. */
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Measures one model on Wordloom and every peer that is there, all from the same weights on the same data. */
export async function compare(
  name: string,
  plan: ComparisonPlan,
  context: SuiteContext,
): Promise<Comparison> {
  const folder = await mkdtemp(join(tmpdir(), 'wordloom-benchmark-'));
  const contestants: Contestant[] = [];
  const notes: string[] = [];
  try {
    const weightsPath = join(folder, 'weights.safetensors');
    const dataPath = join(folder, 'data.safetensors');
    await writeSafetensors(weightsPath, parameterData(buildModel(plan.job.model, 1).namedParameters()));
    await writeSafetensors(dataPath, plan.data);
    const job: Job = { ...plan.job, weightsPath, dataPath };

    const participants: Participant[] = [];
    const enter = async (launch: Launch, pace: Pace, setup: string): Promise<void> => {
      context.progress(`${name}: starting ${launch.name}`);
      try {
        const contestant = await startContestant(launch, job, context.signal);
        contestants.push(contestant);
        participants.push({ contestant, ...pace });
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        notes.push(`${name}: ${launch.name} skipped, ${error.message}. Install it (${setup}).`);
      }
    };
    await enter(nodeLaunch('wordloom'), plan.pace, 'pnpm install');
    await enter(await torchLaunch(context.python, context.threads), plan.pace, TORCH_SETUP);
    if (plan.eagerPace) await enter(nodeLaunch('tfjs-wasm'), plan.eagerPace, 'pnpm install');

    const { rounds, warmUp } = plan;
    const measurements = await runRounds(participants, {
      rounds,
      warmUp,
      onRound: (round) => context.progress(`${name}: round ${round + 1} of ${rounds}`),
    });
    const sides = measurements.map((measurement, index) => {
      const { contestant } = participants[index]!;
      return { ...measurement, name: contestant.name, contestant };
    });
    notes.push(...sides.flatMap((side) => restlessness(name, side)));
    const [own, ...peers] = sides as [Side, ...Side[]];
    const versions = Object.assign({}, ...contestants.map(({ ready }) => ready.versions));
    return { own, peers, versions, notes };
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** A note if a contestant works longer after its turns than the pause that is there for it. */
function restlessness(caseName: string, { name, idleProcessorMilliseconds }: Side): string[] {
  if (idleProcessorMilliseconds <= PAUSE_MILLISECONDS) return [];
  const time = Math.round(idleProcessorMilliseconds);
  return [
    `${caseName}: ${name} used ${time} ms of processor time while it waited: the others' times are too long.`,
  ];
}
