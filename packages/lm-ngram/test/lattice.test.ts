import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bestPath,
  dictionaryLattice,
  type LatticeArc,
  scoreText,
  segmentWithModel,
  trainNgramModel,
} from '../src/index.ts';

const model = trainNgramModel(
  ['a b a', 'b ab', 'a bc c', 'ab c', 'abc a', 'c b a b'].map((line) => line.split(' ')),
  { order: 3 },
);

/** All ways through a lattice. */
function ways(arcs: readonly LatticeArc[], node: number, last: number): LatticeArc[][] {
  if (node === last) return [[]];
  return arcs
    .filter(({ from }) => from === node)
    .flatMap((arc) => ways(arcs, arc.to, last).map((rest) => [arc, ...rest]));
}

test('the best way through a lattice is the best of all ways', () => {
  const arc = fc.record({
    from: fc.nat(4),
    length: fc.integer({ min: 1, max: 3 }),
    word: fc.constantFrom('a', 'b', 'c', 'ab', 'bc', 'abc', 'x'),
    score: fc.double({ min: -3, max: 0, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(arc, { maxLength: 14 }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (drawn, modelWeight) => {
        const arcs = drawn
          .map(({ from, length, word, score }) => ({ from, to: from + length, word, score }))
          .filter(({ to }) => to <= 4);
        const all = ways(arcs, 0, 4).map((path) => {
          const words = path.map(({ word }) => word);
          const own = scoreText(model, [words]).log10Probability * Math.LN10;
          return modelWeight * own + path.reduce((sum, { score }) => sum + score!, 0) + 0.5 * path.length;
        });
        const find = () => bestPath(model, { nodeCount: 5, arcs }, { modelWeight, wordScore: 0.5 });
        if (all.length === 0) expect(find).toThrow('must have a way from its first place to its last');
        else expect(find().score).toBeCloseTo(Math.max(...all), 9);
      },
    ),
    { numRuns: 150 },
  );
  expect(() => bestPath(model, { nodeCount: 2, arcs: [{ from: 1, to: 1, word: 'a' }] })).toThrow(
    'arcs must go forward between places from 0 to 1, got 1 to 1',
  );
  expect(() => bestPath(model, { nodeCount: 3, arcs: [{ from: 0.5, to: 1, word: 'a' }] })).toThrow(
    'got 0.5 to 1',
  );
  expect(() => bestPath(model, { nodeCount: 2, arcs: [{ from: 0, to: 1, word: 'a', score: NaN }] })).toThrow(
    'scores of arcs must be numbers, got NaN for "a"',
  );
  expect(() => segmentWithModel('ab', model, { longestWord: 0 })).toThrow(
    'longestWord must be at least 1, got 0',
  );
  expect(bestPath(model, { nodeCount: 1, arcs: [] }).arcs).toEqual([]);
});

test('a text is cut into words of the dictionary and characters, code point by code point', () => {
  const { arcs } = dictionaryLattice('ab\u{20000}c', {
    isWord: (word) => word === 'ab' || word === '\u{20000}c',
  });
  expect(arcs.map(({ word }) => word)).toEqual(['a', 'ab', 'b', '\u{20000}', '\u{20000}c', 'c']);
  const chinese = trainNgramModel(
    ['研究 生命 的 起源', '研究生 在 北京', '他 研究 生命', '北京 的 研究生', '生命 的 意义'].map((line) =>
      line.split(' '),
    ),
    { order: 2 },
  );
  expect(segmentWithModel('研究生命的起源', chinese).join(' ')).toBe('研究 生命 的 起源');
  expect(segmentWithModel('研究生在北京', chinese).join(' ')).toBe('研究生 在 北京');
  expect(segmentWithModel('', chinese)).toEqual([]);
  expect(segmentWithModel('他爱北京', chinese).join('')).toBe('他爱北京');
});

const folder = join(process.env.WORDLOOM_DATA ?? '../../../shared/data', 'sighan2005');

describe.skipIf(!existsSync(folder))('the second SIGHAN bakeoff', () => {
  test('is cut better with bigrams than with words alone', () => {
    const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim();
    const dictionary = new Set(read('pku_training_words.utf8').split(/\s+/));
    const lines = read('pku_test_gold.utf8')
      .split(/\r?\n/)
      .map((line) => line.trim().split(/\s+/));
    const border = Math.floor(lines.length * 0.8);
    const [training, held] = [lines.slice(0, border), lines.slice(border)];
    const f1 = (order: number) => {
      const words = trainNgramModel(training, { order });
      let [right, own, all] = [0, 0, 0];
      for (const line of held) {
        const cut = segmentWithModel(line.join(''), words, { isWord: (word) => dictionary.has(word) });
        // A word is right if it begins and ends where one of the reference does.
        const ends = (list: string[]) =>
          list.map((word, index) => `${list.slice(0, index).join('').length} ${word.length}`);
        const expected = new Set(ends(line));
        right += ends(cut).filter((span) => expected.has(span)).length;
        own += cut.length;
        all += line.length;
      }
      return (2 * right) / (own + all);
    };
    const [unigrams, bigrams] = [f1(1), f1(2)];
    expect(bigrams).toBeGreaterThan(unigrams);
    expect(bigrams).toBeGreaterThan(0.88);
  });
});
