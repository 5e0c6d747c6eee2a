import { type Contestant, type Launch, startContestant } from '../contestants/contestant.ts';
import { nodeLaunch } from '../contestants/node.ts';
import type { Job } from '../contestants/protocol.ts';
import { TORCH_SETUP, torchLaunch } from '../contestants/torch.ts';
import type { Participant } from '../measure/run-rounds.ts';
import type { SuiteContext } from './suite.ts';

/** How much a contestant does in a turn. */
export type Pace = Omit<Participant, 'contestant'>;

/** One side that is to take part in a comparison. */
export interface Entrant {
  readonly name: string;
  readonly pace: Pace;
  /** What to install where it is missing. */
  readonly setup: string;
  /**
   * How far its losses may be from Wordloom's, relatively: rounding errors grow with the steps, another model or optimizer
   * differs more. Infinity for a peer whose model is known to be another.
   */
  readonly tolerance: number;
  /** @throws {UnavailableError} if it cannot run here */
  start(job: Job, signal: AbortSignal): Promise<Contestant>;
}

/** For the same model and optimizer. */
export const TOLERANCE = 5e-3;

/** A side that is a process of its own. */
export function processEntrant(launch: Launch, pace: Pace, setup = 'pnpm install'): Entrant {
  return {
    name: launch.name,
    pace,
    setup,
    tolerance: TOLERANCE,
    start: (job, signal) => startContestant(launch, job, signal),
  };
}

/** Wordloom, PyTorch, and eager tfjs if it has a pace. */
export async function usualEntrants(
  pace: Pace,
  eagerPace: Pace | undefined,
  { python, threads }: SuiteContext,
): Promise<[Entrant, ...Entrant[]]> {
  const torch = processEntrant(await torchLaunch(python, threads), pace, TORCH_SETUP);
  const eager = eagerPace ? [processEntrant(nodeLaunch('tfjs-wasm'), eagerPace)] : [];
  return [processEntrant(nodeLaunch('wordloom'), pace), torch, ...eager];
}
