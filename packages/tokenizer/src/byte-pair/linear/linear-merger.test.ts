import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MergeTable, mergeByHeap, mergeSymbols } from '../merge-symbols.ts';
import { PairMap } from '../pair-map.ts';
import { LinearMerger } from './linear-merger.ts';

/** Merges of texts in any order, as a hand-made or converted vocabulary has them: `"a b"` merges ids of `a` and `b` into that of `ab`. */
function tableOf(merges: readonly string[]): { table: MergeTable; ids: Map<string, number> } {
  const ids = new Map([...'abc'].map((symbol, id) => [symbol, id]));
  const idOf = (text: string): number => {
    if (!ids.has(text)) ids.set(text, ids.size);
    return ids.get(text)!;
  };
  const ranks = new PairMap();
  const products = Int32Array.from(merges, (merge, rank) => {
    const [left, right] = merge.split(' ') as [string, string];
    ranks.set(idOf(left), idOf(right), rank);
    return idOf(left + right);
  });
  return { table: { ranks, products }, ids };
}

function merged(
  table: MergeTable,
  text: string,
  by: typeof mergeByHeap,
): { ids: number[]; starts: number[] } {
  const symbols = Int32Array.from(text, (symbol) => symbol.charCodeAt(0) - 97);
  const positions = new Int32Array(symbols.length);
  const count = by(symbols, symbols.length, table, positions);
  return { ids: [...symbols.subarray(0, count)], starts: [...positions.subarray(0, count)] };
}

const linear = (table: MergeTable): typeof mergeByHeap => {
  const merger = LinearMerger.of(table)!;
  return (symbols, length, _table, positions) => merger.merge(symbols, length, positions);
};

const word = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength });
/** Merges whose parts come later than they do, tokens made in several ways, and tokens that nothing leads to. */
const anyMerges = fc.array(
  fc.tuple(word(3), word(3)).map((parts) => parts.join(' ')),
  { minLength: 1, maxLength: 25 },
);
/** Merges of what earlier ones made, as training finds them. */
const trainedMerges = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 25 }).map((draws) => {
  const known = ['a', 'b', 'c'];
  const merges: string[] = [];
  for (const [left, right] of draws) {
    const parts = [known[left % known.length]!, known[right % known.length]!];
    if (parts.join('').length > 12 || known.includes(parts.join(''))) continue;
    merges.push(parts.join(' '));
    known.push(parts.join(''));
  }
  return merges.length > 0 ? merges : ['a b'];
});
const seeded = { seed: 1, numRuns: 1500 };

describe('tokens and their places are those of merging by rank', () => {
  test.each([
    ['merges in any order', anyMerges],
    ['merges as training finds them', trainedMerges],
  ])('with %s', (_name, merges) => {
    fc.assert(
      fc.property(merges, word(60), (list, text) => {
        const { table } = tableOf(list);
        fc.pre(LinearMerger.of(table) !== undefined);
        expect(merged(table, text, linear(table))).toEqual(merged(table, text, mergeByHeap));
      }),
      seeded,
    );
  });

  test('of a token that its symbols do not lead to there is none', () => {
    const { table, ids } = tableOf(['b c', 'a b', 'ab c']); // bc comes first, so abc is never made
    expect(merged(table, 'abcab', linear(table)).ids).toEqual(['a', 'bc', 'ab'].map((text) => ids.get(text)));
  });
});

describe('where it cannot know what a token stands for, merging goes another way', () => {
  test('a token of several symbols that no merge makes, so that it counts as a symbol', () => {
    expect(LinearMerger.of(tableOf(['ba a', 'b aa']).table)).toBeUndefined();
  });

  test('two merges that make one id of different symbols', () => {
    const ranks = new PairMap();
    ranks.set(0, 1, 0);
    ranks.set(1, 2, 1);
    expect(LinearMerger.of({ ranks, products: Int32Array.of(3, 3) })).toBeUndefined();
  });

  test('tokens of very many symbols', () => {
    const merges = Array.from({ length: 12 }, (_, power) =>
      Array(2)
        .fill('a'.repeat(2 ** power))
        .join(' '),
    );
    expect(LinearMerger.of(tableOf(merges).table)).toBeUndefined();
    expect(LinearMerger.of(tableOf(merges.slice(0, 9)).table)).toBeDefined();
  });

  test('a symbol that is itself merged of others', () => {
    const merger = LinearMerger.of(tableOf(['a b', 'ab c']).table)!;
    expect(merger.merge(Int32Array.of(3, 2), 2)).toBe(-1);
  });
});

describe('steps', () => {
  const { table } = tableOf(['a b', 'b c', 'c a', 'ab c', 'a a', 'aa aa', 'ab ab', 'c c']);
  const stepsFor = (text: string): number => {
    const merger = LinearMerger.of(table)!;
    const symbols = Int32Array.from(text, (symbol) => symbol.charCodeAt(0) - 97);
    expect(merger.merge(symbols, symbols.length)).toBeGreaterThan(0);
    return merger.steps;
  };

  test.each(['a', 'ab', 'abc', 'abcab', 'aab', 'cba'])(
    'grow in proportion to the length of %s again and again',
    (unit) => {
      const steps = stepsFor(unit.repeat(3000));
      expect(stepsFor(unit.repeat(30_000)) / steps).toBeCloseTo(10, 1);
      expect(steps / (unit.length * 3000)).toBeLessThan(8);
    },
  );

  test('are so few where the right tokens differ from the longest all the way to the end', () => {
    // The longest tokens are aa, aa, …; whether that is right shows at the last symbol only.
    const { table: odd } = tableOf(['a b', 'a a']);
    for (const length of [10_000, 10_001]) {
      const text = `${'a'.repeat(length)}b`;
      expect(merged(odd, text, linear(odd))).toEqual(merged(odd, text, mergeByHeap));
    }
  });

  test('are limited: vocabularies made to take very many are left to the heap', () => {
    const every = Array.from({ length: 400 }, (_, length) => `${'a'.repeat(length + 1)} a`);
    const { table: hostile } = tableOf(every);
    const text = 'a'.repeat(20_000);
    const merger = LinearMerger.of(hostile)!;
    const symbols = new Int32Array(text.length);
    merger.merge(symbols, symbols.length);
    expect(merger.steps).toBeLessThan(text.length * 66 + 1024);
    expect(merged(hostile, text, mergeSymbols)).toEqual(merged(hostile, text, mergeByHeap));
  });
});

test('long words are merged in linear time by themselves', () => {
  const { table } = tableOf(['a b', 'ab c', 'c a', 'b a']);
  const text = Array.from({ length: 20_000 }, (_, index) => 'abc'[(index * index + (index >> 3)) % 3]).join(
    '',
  );
  expect(merged(table, text, mergeSymbols)).toEqual(merged(table, text, mergeByHeap));
});
