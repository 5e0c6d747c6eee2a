import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TensorData } from '@wordloom/compile';
import { parameterData } from '@wordloom/nn-core';
import { writeSafetensors } from '@wordloom/nn-core/node';
import { type Contestant, UnavailableError } from '../contestants/contestant.ts';
import type { Job } from '../contestants/protocol.ts';
import { type Measurement, PAUSE_MILLISECONDS, runRounds } from '../measure/run-rounds.ts';
import { buildModel } from '../models/model-spec.ts';
import type { Entrant } from './entrants.ts';
import type { SuiteContext } from './suite.ts';

/** One side of a finished comparison. */
export interface Side extends Measurement {
  readonly name: string;
  readonly entrant: Entrant;
  readonly contestant: Contestant;
}

/** A finished comparison. */
export interface Comparison {
  readonly own: Side;
  readonly peers: readonly Side[];
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** What differs between the suites. */
export interface ComparisonPlan {
  /** The job, but for the paths of its files. */
  readonly job: DistributiveOmit<Job, 'weightsPath' | 'dataPath'>;
  /** What the data file holds. */
  readonly data: Readonly<Record<string, TensorData>>;
  readonly rounds: number;
  readonly warmUp: number;
  /** Wordloom, which must be there, and its peers. */
  readonly entrants: readonly [Entrant, ...Entrant[]];
}

/** Omit, in each member of a union. */
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Measures one model on Wordloom and every peer that is there, all from the same weights on the same data. */
export async function compare(
  name: string,
  { job: task, data, rounds, warmUp, entrants }: ComparisonPlan,
  context: SuiteContext,
): Promise<Comparison> {
  const folder = await mkdtemp(join(tmpdir(), 'wordloom-benchmark-'));
  const started: { readonly entrant: Entrant; readonly contestant: Contestant }[] = [];
  const notes: string[] = [];
  try {
    const weightsPath = join(folder, 'weights.safetensors');
    const dataPath = join(folder, 'data.safetensors');
    await writeSafetensors(weightsPath, parameterData(buildModel(task.model, 1).namedParameters()));
    await writeSafetensors(dataPath, data);
    for (const entrant of entrants) {
      context.progress(`${name}: starting ${entrant.name}`);
      try {
        const contestant = await entrant.start({ ...task, weightsPath, dataPath }, context.signal);
        started.push({ entrant, contestant });
      } catch (error) {
        if (!(error instanceof UnavailableError) || entrant === entrants[0]) throw error;
        notes.push(`${name}: ${entrant.name} skipped, ${error.message}. Install it (${entrant.setup}).`);
      }
    }
    const measurements = await runRounds(
      started.map(({ entrant, contestant }) => ({ contestant, ...entrant.pace })),
      { rounds, warmUp, onRound: (round) => context.progress(`${name}: round ${round + 1} of ${rounds}`) },
    );
    const sides = measurements.map((measurement, index) => {
      const { entrant, contestant } = started[index]!;
      return { ...measurement, name: entrant.name, entrant, contestant };
    });
    notes.push(...sides.flatMap((side) => restlessness(name, side)));
    const [own, ...peers] = sides as [Side, ...Side[]];
    const versions = Object.assign({}, ...sides.map(({ contestant }) => contestant.ready.versions));
    return { own, peers, versions, notes };
  } finally {
    await Promise.all(started.map(({ contestant }) => contestant.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** A note if a contestant works longer after its turns than the pause that is there for it. */
function restlessness(caseName: string, { name, idleProcessorMilliseconds }: Side): string[] {
  if (idleProcessorMilliseconds === null || idleProcessorMilliseconds <= PAUSE_MILLISECONDS) return [];
  const time = Math.round(idleProcessorMilliseconds);
  return [
    `${caseName}: ${name} used ${time} ms of processor time while it waited: the others' times are too long.`,
  ];
}
