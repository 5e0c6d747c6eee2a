import { setTimeout } from 'node:timers/promises';
import type { Contestant } from '../contestants/contestant.ts';
import type { Outcome, Turn } from '../contestants/protocol.ts';
import { median } from './statistics.ts';

/** A contestant and how much it does. */
export interface Participant {
  readonly contestant: Contestant;
  /** Measured samples in a turn. */
  readonly samples: number;
  /** Samples before them in every turn that are not measured: they refill the caches that the others emptied. */
  readonly leadIn: number;
  /** Samples before the first round, where it needs more or fewer of them than the others; see {@link RoundsOptions}. */
  readonly warmUp?: number;
  /** Most rounds it takes part in, for a contestant that is very slow; default all. */
  readonly rounds?: number;
}

/** Everything one participant did. */
export interface Measurement {
  /** The measured times, round by round. */
  readonly rounds: readonly (readonly number[])[];
  /** All outcomes in order, those of unmeasured samples included. */
  readonly outcomes: readonly number[];
  /** Null where the contestant cannot tell, as the next two. */
  readonly peakMemoryMebibytes: number | null;
  /** Median over the turns of the processor time used while others were measured. */
  readonly idleProcessorMilliseconds: number | null;
  /** The longest of all turns. */
  readonly longestGapMilliseconds: number | null;
}

export interface RoundsOptions {
  readonly rounds: number;
  /** Samples each contestant with a lead-in takes before the first round. */
  readonly warmUp: number;
  /** Called before each round, counted from 0. */
  readonly onRound?: (round: number) => void;
}

/** Between turns: thread pools spin for some milliseconds after their last work, and must not do so in another's time. */
export const PAUSE_MILLISECONDS = 100;

/**
 * Measures contestants in turns (ours, peer, ours, peer, …), so that whatever else the machine does meets all alike.
 *
 * @returns one measurement for each participant, in their order
 */
export async function runRounds(
  participants: readonly Participant[],
  { rounds, warmUp, onRound }: RoundsOptions,
): Promise<Measurement[]> {
  const logs = participants.map(() => ({
    rounds: [] as number[][],
    outcomes: [] as number[],
    turns: [] as Turn[],
  }));
  const takeTurn = async (index: number, unmeasured: number, samples: number): Promise<void> => {
    const log = logs[index]!;
    const turn = await participants[index]!.contestant.turn(unmeasured + samples);
    if (samples > 0) log.rounds.push(turn.milliseconds.slice(unmeasured));
    log.outcomes.push(...turn.outcomes);
    log.turns.push(turn);
    await setTimeout(PAUSE_MILLISECONDS);
  };
  for (const [index, participant] of participants.entries()) {
    const count = participant.warmUp ?? (participant.leadIn > 0 ? warmUp : 0);
    if (count > 0) await takeTurn(index, count, 0);
  }
  for (let round = 0; round < rounds; round++) {
    onRound?.(round);
    for (const [index, participant] of participants.entries()) {
      if (round < (participant.rounds ?? rounds))
        await takeTurn(index, participant.leadIn, participant.samples);
    }
  }
  return logs.map(({ turns, ...log }) => {
    const known = (field: Exclude<keyof Turn, keyof Outcome>): number[] =>
      turns.flatMap((turn) => turn[field] ?? []);
    const idle = known('idleProcessorMilliseconds');
    const gaps = known('longestGapMilliseconds');
    return {
      ...log,
      peakMemoryMebibytes: known('peakMemoryMebibytes').at(-1) ?? null,
      idleProcessorMilliseconds: idle.length > 0 ? median(idle) : null,
      longestGapMilliseconds: gaps.length > 0 ? Math.max(...gaps) : null,
    };
  });
}
