import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeSymbols } from './merge-symbols.ts';
import { PairMap } from './pair-map.ts';

/** The definition, word for word: again and again the lowest rank, leftmost. */
function mergeNaively(symbols: number[], merges: [number, number][], firstProduct: number): number[] {
  const result = [...symbols];
  for (;;) {
    let best = merges.length;
    let at = -1;
    for (let index = 0; index + 1 < result.length; index++) {
      const rank = merges.findIndex(([left, right]) => left === result[index] && right === result[index + 1]);
      if (rank >= 0 && rank < best) [best, at] = [rank, index];
    }
    if (at < 0) return result;
    result.splice(at, 2, firstProduct + best);
  }
}

test('the pair of lowest rank merges first, the leftmost of equals, at every length', () => {
  const training = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 30 }).map((draws) => {
    const merges: [number, number][] = [];
    for (const [a, b] of draws) {
      const size = 3 + merges.length;
      const pair: [number, number] = [a % size, b % size];
      if (!merges.some(([left, right]) => left === pair[0] && right === pair[1])) merges.push(pair);
    }
    return merges;
  });
  const symbols = fc.oneof(
    fc.array(fc.nat(2), { maxLength: 20 }),
    fc.array(fc.nat(2), { minLength: 90, maxLength: 300, size: 'max' }),
  );
  fc.assert(
    fc.property(training, symbols, (merges, input) => {
      const ranks = new PairMap();
      for (const [rank, [left, right]] of merges.entries()) ranks.set(left, right, rank);
      const products = Int32Array.from(merges, (_, rank) => 3 + rank);
      const target = Int32Array.from(input);
      const length = mergeSymbols(target, input.length, { ranks, products });
      expect([...target.subarray(0, length)]).toEqual(mergeNaively(input, merges, 3));
    }),
  );
});
