import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addModelScores,
  bleuLoss,
  type NbestList,
  rankHypotheses,
  readNbestLists,
  scoreText,
  trainNgramModel,
  tuneRescoring,
  wordErrorRate,
  writeNbestLists,
} from '../src/index.ts';
import { editDistance } from '../src/rescore/text-errors.ts';

const split = (text: string) => text.split(' ').filter(Boolean);

describe('n-best lists', () => {
  test('are read as Moses writes them, and written so', () => {
    const text =
      '0 ||| das ist gut ||| LM0= -12.5 TM0= -1 -2 Penalty0= -3 ||| -7.25\r\n0 ||| das gut ||| LM0= -14 TM0= -inf 1e-3 Penalty0= -2 ||| -9\n\n7 |||  ||| 1 2\n';
    const lists = readNbestLists(text);
    expect(lists).toEqual([
      {
        id: '0',
        hypotheses: [
          { words: split('das ist gut'), features: { LM0: -12.5, TM00: -1, TM01: -2, Penalty0: -3 } },
          { words: split('das gut'), features: { LM0: -14, TM00: -Infinity, TM01: 1e-3, Penalty0: -2 } },
        ],
      },
      { id: '7', hypotheses: [{ words: [], features: { feature0: 1, feature1: 2 } }] },
    ]);
    expect(readNbestLists(writeNbestLists(lists))).toEqual(lists);
    expect(writeNbestLists(lists.slice(1), { weights: { feature1: 3 } })).toBe(
      '7 |||  ||| feature0= 1 feature1= 2 ||| 6\n',
    );
    expect(() => readNbestLists('0 ||| a', { source: 'x.nbest' })).toThrow(
      'readNbestLists: x.nbest, line 1: expected',
    );
    expect(() => readNbestLists('\n0 ||| a ||| A= x')).toThrow(
      'line 2: expected a number or a name with =, got "x"',
    );
    expect(() => readNbestLists('0 ||| a ||| A= 1 A= 2')).toThrow('the feature "A" is there twice');
  });

  test('get the natural logarithm of what a model gives each hypothesis', () => {
    const model = trainNgramModel([split('the cat sat'), split('the dog sat')], { order: 3 });
    const [list] = addModelScores(
      readNbestLists('1 ||| the cat sat ||| a= 0\n1 ||| cat the zebra ||| a= 0'),
      model,
    );
    for (const { words, features } of list!.hypotheses) {
      expect(features.lm).toBeCloseTo(scoreText(model, [words]).log10Probability * Math.LN10, 9);
      expect(features.words).toBe(3);
    }
    expect(rankHypotheses(list!, { lm: 1 })[0]!.hypothesis.words).toEqual(split('the cat sat'));
    expect(rankHypotheses(list!, { lm: -1 })[0]!.hypothesis.words).toEqual(split('cat the zebra'));
  });
});

describe('errors', () => {
  test('of words are what has to be put in, taken out and replaced', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 });
    const naive = (a: string[], b: string[]): number => {
      if (a.length === 0 || b.length === 0) return a.length + b.length;
      const rest = naive(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1);
      return Math.min(rest, naive(a.slice(1), b) + 1, naive(a, b.slice(1)) + 1);
    };
    fc.assert(
      fc.property(words, words, (a, b) => {
        expect(editDistance(a, b)).toBe(naive(a, b));
      }),
      { numRuns: 60 },
    );
    expect(wordErrorRate.error(wordErrorRate.count(split('a b'), split('a c d')))).toBeCloseTo(2 / 3, 12);
  });

  test('by BLEU are those of the formula', () => {
    const counts = bleuLoss.count(split('the the the cat sat down'), split('the cat sat down on the mat'));
    // Unigrams 5 of 6, bigrams 3 of 5, trigrams 2 of 4, 4-grams 1 of 3; 6 words for 7.
    expect(counts).toEqual([6, 7, 5, 6, 3, 5, 2, 4, 1, 3]);
    const bleu = ((5 / 6) * (3 / 5) * (2 / 4) * (1 / 3)) ** 0.25 * Math.exp(1 - 7 / 6);
    expect(bleuLoss.error(counts)).toBeCloseTo(1 - bleu, 12);
    expect(bleuLoss.error(bleuLoss.count(split('a'), split('a')))).toBe(1);
  });
});

describe('tuning', () => {
  const lists = fc.array(
    fc.array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }), fc.nat(4)), {
      minLength: 1,
      maxLength: 6,
    }),
    { minLength: 1, maxLength: 6 },
  );
  const made = (
    list: readonly (readonly [number, number, number])[][],
  ): [NbestList[], Map<string, string[]>] => [
    list.map((hypotheses, id) => ({
      id: String(id),
      hypotheses: hypotheses.map(([a, b, wrong]) => ({
        words: new Array<string>(4).fill('x').map((word, at) => (at < wrong ? 'y' : word)),
        features: { a, b },
      })),
    })),
    new Map(list.map((_, id) => [String(id), ['x', 'x', 'x', 'x']])),
  ];

  test('along one weight finds the fewest errors that any of its values has', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async (drawn) => {
        const [nbest, references] = made(drawn as never);
        const errorOf = (weights: Record<string, number>) =>
          nbest.reduce(
            (sum, list) =>
              sum +
              editDistance(rankHypotheses(list, weights)[0]!.hypothesis.words, references.get(list.id)!),
            0,
          ) /
          (4 * nbest.length);
        // The first step goes to the best place along a or along b: all values of a, finely, are no better.
        const tuned = await tuneRescoring(nbest, references, { weights: { a: 0, b: 1 }, restarts: 0 });
        expect(errorOf(tuned.weights)).toBeCloseTo(tuned.error, 12);
        let least = errorOf({ a: 0, b: 1 });
        for (let a = -9; a <= 9; a += 0.0371) least = Math.min(least, errorOf({ a, b: 1 }));
        expect(tuned.error).toBeLessThanOrEqual(least + 1e-12);
        expect(
          (await tuneRescoring(nbest, references, { weights: { a: 0, b: 1 } })).error,
        ).toBeLessThanOrEqual(tuned.error + 1e-12);
      }),
      { numRuns: 60 },
    );
  });

  test('is the same at every run, and refuses what makes no sense', async () => {
    const [nbest, references] = made([
      [
        [1, 2, 3],
        [2, 1, 0],
      ],
      [
        [0, 1, 1],
        [1, 0, 0],
      ],
    ]);
    const run = () => tuneRescoring(nbest, references, { weights: { a: 0, b: 1 }, seed: 3 });
    expect(await run()).toEqual(await run());
    expect((await run()).error).toBe(0);
    await expect(tuneRescoring([], references, { weights: { a: 1 } })).rejects.toThrow(
      'lists must hold at least one',
    );
    await expect(tuneRescoring(nbest, new Map(), { weights: { a: 1 } })).rejects.toThrow('one for list "0"');
    const endless = [{ id: '0', hypotheses: [{ words: [], features: { a: -Infinity } }] }];
    await expect(tuneRescoring(endless, references, { weights: { a: 1 } })).rejects.toThrow(
      'the feature "a" of list "0" must be finite',
    );
  });
});
