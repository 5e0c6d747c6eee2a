import { describe, expect, it } from 'vitest';
import type { Contestant } from '../contestants/contestant.ts';
import { runRounds } from './run-rounds.ts';

/** Counts its samples: the n-th takes n milliseconds and has outcome n. */
function counter(name: string, log: string[]): Contestant {
  let taken = 0;
  return {
    name,
    ready: { versions: {}, buildMilliseconds: null },
    turn: async (count) => {
      log.push(`${name}${count}`);
      const samples = Array.from({ length: count }, () => ++taken);
      return {
        milliseconds: samples,
        outcomes: samples,
        idleProcessorMilliseconds: taken,
        peakMemoryMebibytes: taken,
      };
    },
    stop: async () => {},
  };
}

describe('runRounds', () => {
  it('alternates turns, and keeps warm-up and lead-in out of the times but not out of the outcomes', async () => {
    const log: string[] = [];
    const rounds: number[] = [];
    const [fast, slow] = await runRounds(
      [
        { contestant: counter('fast', log), samples: 2, leadIn: 1 },
        { contestant: counter('slow', log), samples: 1, leadIn: 0, rounds: 1 },
        { contestant: counter('cold', log), samples: 1, leadIn: 0, rounds: 1, warmUp: 5 },
      ],
      { rounds: 2, warmUp: 3, onRound: (round) => rounds.push(round) },
    );
    expect(log).toEqual(['fast3', 'cold5', 'fast3', 'slow1', 'cold1', 'fast3']);
    expect(rounds).toEqual([0, 1]);
    expect(fast).toEqual({
      rounds: [
        [5, 6],
        [8, 9],
      ],
      outcomes: [1, 2, 3, 4, 5, 6, 7, 8, 9],
      peakMemoryMebibytes: 9,
      idleProcessorMilliseconds: 6,
      longestGapMilliseconds: null,
    });
    expect(slow).toMatchObject({ rounds: [[1]], outcomes: [1] });
  });
});
